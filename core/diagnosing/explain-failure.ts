import { randomBytes } from 'node:crypto';
import { AsanaError, NamedError } from '../errors.ts';
import { type Hook, newHook, targetOf } from '../hook.ts';
import { newSubscriptionId } from '../subscription.ts';
import type { ProbeAnswer } from './ports.ts';
import type { DiagnosisServices } from './services.ts';

/** When the row of a probe expires, so that a row that was left behind does not stay. */
const probeKeepMs = 60_000;

/** What the create call was for. */
type Attempt = Pick<Hook, 'connection' | 'resource'>;

/**
 * Finds the cause of a failed create call. Asana's own message is the same for most causes, and is
 * misleading. So this function sends a handshake to our endpoint as Asana would, with a registration made
 * only for this probe.
 *
 * Returns the failure, with a sentence about the cause added to its message if the cause is known. Never
 * throws.
 */
export async function explainFailure(
  failure: unknown,
  attempt: Attempt,
  services: DiagnosisServices,
): Promise<unknown> {
  if (!(failure instanceof NamedError)) return failure;
  const cause = causeIn(failure) ?? (await causeByProbe(failure, attempt, services).catch(() => undefined));
  if (cause !== undefined) failure.add(cause);
  return failure;
}

/** The cause, if Asana's answer shows it. */
function causeIn(failure: NamedError): string | undefined {
  if (!(failure instanceof AsanaError)) return undefined;
  const text = failure.details.map(({ message }) => message).join(' ');
  switch (failure.name) {
    case 'AsanaUnauthorized':
      return 'The cause is the token: Asana does not accept it.';
    case 'AsanaForbidden':
      if (/scope/i.test(text)) {
        return 'The cause is a missing scope: connect again with webhooks:write among the scopes.';
      }
      if (/target|hostname|localhost/i.test(text)) {
        return 'The cause is the address: Asana does not accept a local address. Set publicBaseUrl to an address that the internet can reach.';
      }
      return 'The cause is the resource: the connection has no access to it, or already has the maximum number of webhooks on it (see getQuota).';
    case 'AsanaNotFound':
      return "The cause is the resource: no resource has this gid, or the connection's user has no access to it.";
    default:
      return undefined;
  }
}

/** The cause, if a handshake from this function shows it. */
async function causeByProbe(
  failure: NamedError,
  attempt: Attempt,
  services: DiagnosisServices,
): Promise<string | undefined> {
  if (!mayBeHandshake(failure)) return undefined;
  const { publicBaseUrl } = services;
  const secret = randomBytes(16).toString('hex');
  const answer = await probeOwnEndpoint(attempt, secret, services);
  if (answer.status === undefined) {
    return `The cause is the address: this function could not reach ${publicBaseUrl} either (${answer.code ?? 'no reason given'}). Check publicBaseUrl, DNS, certificate and firewall.`;
  }
  if (answer.secret === secret) {
    // Asana may be down, too. Only Asana's own message shows that Asana could not reach us.
    if (!isHandshake(failure)) return undefined;
    return `Our endpoint at ${publicBaseUrl} answers a handshake from this function. The remaining cause is that Asana cannot reach it from outside. Check firewall and allow-lists, and that the address is public.`;
  }
  if (isHeaderLost(answer)) {
    return `The cause is the header: ${publicBaseUrl} leads to our endpoint, but X-Hook-Secret is lost on the way. Each proxy in front of the API must pass it on in both directions.`;
  }
  if (answer.reason === undefined) {
    return `The cause is the address: another server answers at ${publicBaseUrl}, with status ${answer.status}. publicBaseUrl must be the address of this API.`;
  }
  return `Our endpoint refused a handshake from this function: ${answer.reason}. See this reason in docs/runbook.md.`;
}

/** Whether the failure is a failed handshake. */
function isHandshake(failure: NamedError): boolean {
  if (failure.name === 'HandshakeNotConfirmed') return true;
  const details = failure instanceof AsanaError && failure.name === 'AsanaBadRequest' ? failure.details : [];
  return details.some(({ message }) => /handshake|remote server/i.test(message));
}

/**
 * Whether the failure may be a failed handshake: a create call that hangs may be waiting for the handshake.
 */
function mayBeHandshake(failure: NamedError): boolean {
  return isHandshake(failure) || failure.name === 'AsanaTimeout' || failure.name === 'AsanaUnavailable';
}

/**
 * Whether `X-Hook-Secret` was lost on the way. Without the header, our endpoint treats the request as a
 * delivery. With the header, it echoes the secret or answers with a reason.
 */
function isHeaderLost({ status, reason, secret, hasBody }: ProbeAnswer): boolean {
  const isRefusedDelivery = reason === 'unsigned' || reason === 'not-json' || reason === 'wrong-signature';
  return isRefusedDelivery || (status === 200 && secret === undefined && !hasBody);
}

async function probeOwnEndpoint(
  { connection, resource }: Attempt,
  secret: string,
  { registry, now, publicBaseUrl: baseUrl, probe }: DiagnosisServices,
): Promise<ProbeAnswer> {
  const windowClosesAt = new Date(now().getTime() + probeKeepMs);
  const subscription = newSubscriptionId();
  const hook = newHook({ connection, resource, subscription, generation: 1, baseUrl, windowClosesAt }, now());
  await registry.addHook(hook, windowClosesAt);
  try {
    return await probe(targetOf(hook), secret);
  } finally {
    await registry.removeHook(hook).catch(() => undefined);
  }
}
