import { NamedError } from '../errors.ts';

/** Where a webhook's deliveries go: to our own endpoint, or to an address elsewhere. */
export type Destination = { readonly kind: 'ours' } | { readonly kind: 'external'; readonly target: string };

/**
 * Determines where the deliveries of a new webhook go.
 *
 * @throws NamedError TargetNotOurs if the target is at another endpoint and `external` is not set,
 *   InvalidRequest if the target is missing or is a path at our endpoint.
 */
export function destinationOf(
  { target, external = false }: { readonly target?: string; readonly external?: boolean },
  publicBaseUrl: string,
): Destination {
  if (target === undefined) {
    if (!external) return { kind: 'ours' };
    throw new NamedError('InvalidRequest', 'external: true requires target, the address of that endpoint.');
  }
  const named = target.replace(/\/+$/, '');
  if (named === publicBaseUrl || named === `${publicBaseUrl}/webhooks`) return { kind: 'ours' };
  if (`${named}/`.startsWith(`${publicBaseUrl}/`)) {
    throw new NamedError(
      'InvalidRequest',
      'target is a path at our endpoint. Leave target out: this function creates a path that cannot be guessed.',
    );
  }
  if (!external) {
    throw new NamedError(
      'TargetNotOurs',
      `target is not at our endpoint ${publicBaseUrl}, so its events would not arrive here. Leave target out, or set external: true if another system answers its handshake.`,
    );
  }
  return { kind: 'external', target };
}
