import type { Probe } from '../../core/diagnosing/ports.ts';
import type { Platform } from './platform.ts';

/** How long the probe waits for our own endpoint. Asana waits 10 s. */
const timeoutMs = 5_000;

/** Sends a handshake to an address, as Asana does (webhooks guide, "Webhook handshake"). */
export function createProbe({ fetch, timeout }: Pick<Platform, 'fetch' | 'timeout'>): Probe {
  return async (target, secret) => {
    try {
      const answer = await fetch(target, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Hook-Secret': secret },
        body: '{}',
        redirect: 'manual',
        signal: timeout(timeoutMs),
      });
      const text = await answer.text();
      const echoed = answer.headers.get('x-hook-secret') ?? undefined;
      return { status: answer.status, secret: echoed, hasBody: text !== '', reason: reasonIn(text) };
    } catch (error) {
      return { code: codeOf(error) };
    }
  };
}

/** Returns the reason from the body of a refusal of our endpoint. */
function reasonIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' && /^[a-z-]{1,40}$/.test(error) ? error : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code;
  return inner instanceof Error ? inner.name : 'unknown';
}
