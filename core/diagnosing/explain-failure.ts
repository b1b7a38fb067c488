import { randomBytes } from 'node:crypto';
import { AsanaError, NamedError } from '../errors.ts';
import { handshakeWindowMs, newWebhook, targetOf, type Webhook } from '../webhook.ts';
import type { ProbeAnswer } from './ports.ts';
import type { DiagnosisServices } from './services.ts';

/** Beyond the life of a probe's row, so that one that is left behind goes by itself. */
const probeKeepMs = handshakeWindowMs;

/**
 * Says which link is broken after a create call failed. Asana's own message is the same for most of them, and
 * misleads, so our endpoint is called from here as Asana would call it, with a registration of its own.
 *
 * Answers the failure with a sentence more, or as it is where nothing more can be said. Never throws.
 */
export async function explainFailure(
  failure: unknown,
  webhook: Webhook,
  services: DiagnosisServices,
): Promise<unknown> {
  if (!(failure instanceof NamedError)) return failure;
  const said = wordsOf(failure) ?? (await probeWords(failure, webhook, services).catch(() => undefined));
  if (said !== undefined) failure.add(said);
  return failure;
}

/** What the failure itself says of a broken link. */
function wordsOf(failure: NamedError): string | undefined {
  if (!(failure instanceof AsanaError)) return undefined;
  const text = failure.details.map(({ message }) => message).join(' ');
  switch (failure.name) {
    case 'AsanaUnauthorized':
      return 'The broken link is the token.';
    case 'AsanaForbidden':
      if (/scope/i.test(text)) {
        return 'The broken link is the scope: connect again with webhooks:write among the scopes.';
      }
      if (/target|hostname|localhost/i.test(text)) {
        return 'The broken link is the address: Asana takes none that is local; set publicBaseUrl to one that the internet can reach.';
      }
      return 'The broken link is the resource: the connection may not see it, or has all the webhooks on it that Asana allows (see getQuota).';
    case 'AsanaNotFound':
      return "The broken link is the resource: there is none with this gid, or the connection's user may not see it.";
    default:
      return undefined;
  }
}

async function probeWords(
  failure: NamedError,
  webhook: Webhook,
  services: DiagnosisServices,
): Promise<string | undefined> {
  if (!mayBeHandshake(failure)) return undefined;
  if (webhook.windowClosesAt <= services.now()) {
    return 'The broken link is the window: it had closed before the handshake came. Call again.';
  }
  const { publicBaseUrl } = services;
  const secret = randomBytes(16).toString('hex');
  const answer = await probeOwnEndpoint(webhook, secret, services);
  if (answer.status === undefined) {
    return `The broken link is the address: ${publicBaseUrl} could not be reached from here either (${answer.code ?? 'no reason given'}). Check publicBaseUrl, DNS, certificate and firewall.`;
  }
  if (answer.secret === secret) {
    // Asana may be down as well; only its own word makes it the way to us.
    if (!isHandshake(failure)) return undefined;
    return `Our endpoint at ${publicBaseUrl} answers a handshake from here: what is left is that Asana cannot reach it from outside. Check firewall and allow-lists, and that the address is public.`;
  }
  if (isHeaderLost(answer)) {
    return `The broken link is the header: ${publicBaseUrl} leads to our endpoint, but X-Hook-Secret is lost on the way. What stands in front of the API must pass it on in both directions.`;
  }
  if (answer.reason === undefined) {
    return `The broken link is the address: something else than our endpoint answers at ${publicBaseUrl}, with status ${answer.status}. publicBaseUrl must be the address of this API.`;
  }
  return `Our endpoint refused a handshake from here: ${answer.reason}. Look for this reason in docs/runbook.md.`;
}

/** Whether the failure is one of the handshake. */
function isHandshake(failure: NamedError): boolean {
  if (failure.name === 'HandshakeNotConfirmed') return true;
  const details = failure instanceof AsanaError && failure.name === 'AsanaBadRequest' ? failure.details : [];
  return details.some(({ message }) => /handshake|remote server/i.test(message));
}

/** Whether it may be one: a create call that hangs may wait for the handshake. */
function mayBeHandshake(failure: NamedError): boolean {
  return isHandshake(failure) || failure.name === 'AsanaTimeout' || failure.name === 'AsanaUnavailable';
}

/** Our endpoint takes a request without the header for a delivery; with the header it echoes it or says why not. */
function isHeaderLost({ status, reason, secret, hasBody }: ProbeAnswer): boolean {
  const isTakenForDelivery = reason === 'unsigned' || reason === 'not-json' || reason === 'wrong-signature';
  return isTakenForDelivery || (status === 200 && secret === undefined && !hasBody);
}

async function probeOwnEndpoint(
  { connection, resource }: Webhook,
  secret: string,
  { registry, now, publicBaseUrl, probe }: DiagnosisServices,
): Promise<ProbeAnswer> {
  const row = newWebhook({ connection, resource, filters: [] }, now());
  await registry.add(row, new Date(now().getTime() + probeKeepMs));
  try {
    return await probe(targetOf(publicBaseUrl, row.hookKey), secret);
  } finally {
    await registry.remove(row.hookKey).catch(() => undefined);
  }
}
