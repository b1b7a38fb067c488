import { NamedError } from '../errors.ts';

/** Where a webhook's deliveries go: to our own endpoint, or to an address elsewhere. */
export type Destination = { readonly kind: 'ours' } | { readonly kind: 'external'; readonly target: string };

/**
 * Where a create call wants the deliveries to go.
 *
 * @throws NamedError TargetNotOurs where another endpoint is named without `external`, InvalidRequest
 *   where the address cannot be taken.
 */
export function destinationOf(
  { target, external = false }: { readonly target?: string; readonly external?: boolean },
  publicBaseUrl: string,
): Destination {
  if (target === undefined) {
    if (!external) return { kind: 'ours' };
    throw new NamedError('InvalidRequest', 'external: true needs a target, the address of that endpoint.');
  }
  const named = target.replace(/\/+$/, '');
  if (named === publicBaseUrl || named === `${publicBaseUrl}/webhooks`) return { kind: 'ours' };
  if (`${named}/`.startsWith(`${publicBaseUrl}/`)) {
    throw new NamedError(
      'InvalidRequest',
      'target lies at our endpoint, whose addresses are made here so that nobody can guess them: leave target out.',
    );
  }
  if (!external) {
    throw new NamedError(
      'TargetNotOurs',
      `target is not at our endpoint ${publicBaseUrl}, so its events would not arrive here: leave target out, or say external: true if another system answers its handshake.`,
    );
  }
  return { kind: 'external', target };
}
