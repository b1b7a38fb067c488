import type { AsanaErrorName } from '../../contract/errors.ts';
import { AsanaError, type AsanaErrorDetail } from '../../core/errors.ts';

/** Converts an answer that is not a success into an error with a stable name. */
export function failureOf(call: string, status: number, body: unknown, advice?: string): AsanaError {
  const details = detailsOf(body);
  if (isFromElsewhere(status, details)) {
    return new AsanaError('AsanaUnavailable', call, { status, advice: notFromAsana });
  }
  const said = advice ?? adviceFor(status, details);
  return new AsanaError(nameOf(status), call, {
    status,
    details,
    advice: said,
  });
}

const notFromAsana = 'This answer is not from the API of Asana: check the address in asanaBaseUrl.';

/**
 * Whether something in front of Asana's API answered. Asana's own refusals always have its error envelope (OpenAPI
 * description, ErrorResponse), so another "not found" says nothing about an object. A limit may be enforced in front.
 */
function isFromElsewhere(status: number, details: readonly AsanaErrorDetail[]): boolean {
  return status >= 400 && status < 500 && status !== 429 && details.length === 0;
}

function nameOf(status: number): AsanaErrorName {
  switch (status) {
    case 400:
      return 'AsanaBadRequest';
    case 401:
      return 'AsanaUnauthorized';
    case 402:
      return 'AsanaPaymentRequired';
    case 403:
      return 'AsanaForbidden';
    case 404:
      return 'AsanaNotFound';
    case 429:
      return 'AsanaRateLimited';
    default:
      return status >= 400 && status < 500 ? 'AsanaRefused' : 'AsanaUnavailable';
  }
}

function adviceFor(status: number, details: readonly AsanaErrorDetail[]): string | undefined {
  if (status === 401)
    return "Asana refused the connection's token: put a valid token into the connection's secret.";
  if (status < 400) return notFromAsana;
  if (status === 400 && details.some(({ message }) => /handshake|remote server/i.test(message))) {
    // Asana's message suggests a problem with the token or scope. In fact, Asana could not use our endpoint.
    return 'Asana could not complete the handshake at our endpoint: check that publicBaseUrl is the address of this API and can be reached from the internet.';
  }
  return undefined;
}

/** Reads Asana's error envelope, even if parts of it are missing. */
function detailsOf(body: unknown): readonly AsanaErrorDetail[] {
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined;
  return Array.isArray(errors) ? errors.flatMap(detailOf) : [];
}

function detailOf(error: unknown): readonly AsanaErrorDetail[] {
  const { message, help, phrase } = (error ?? {}) as Record<string, unknown>;
  if (typeof message !== 'string') return [];
  return [
    {
      message: withoutHookKeys(message),
      ...(typeof help === 'string' && { help: withoutHookKeys(help) }),
      ...(typeof phrase === 'string' && { phrase }),
    },
  ];
}

/** Removes hook keys. Asana may quote the target URL, which contains a hook key, and errors are written to logs. */
function withoutHookKeys(text: string): string {
  return text.replaceAll(/\/webhooks\/[A-Za-z0-9_-]{22}/g, '/webhooks/…');
}
