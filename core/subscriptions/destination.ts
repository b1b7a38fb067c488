import { ManagementError } from '../errors.ts';

/**
 * Whether a create call means our own endpoint or somebody else's.
 *
 * @throws ManagementError TargetNotOurs where another endpoint is named without `external`, InvalidRequest
 *   where the address cannot be taken.
 */
export function isElsewhere(
  { target, external = false }: { readonly target?: string; readonly external?: boolean },
  publicBaseUrl: string,
): boolean {
  if (target === undefined) {
    if (!external) return false;
    throw new ManagementError(
      'InvalidRequest',
      'external: true needs a target, the address of that endpoint.',
    );
  }
  const named = target.replace(/\/+$/, '');
  if (named === publicBaseUrl || named === `${publicBaseUrl}/webhooks`) return false;
  if (`${named}/`.startsWith(`${publicBaseUrl}/`)) {
    throw new ManagementError(
      'InvalidRequest',
      'target lies at our endpoint, whose addresses are made here so that nobody can guess them: leave target out.',
    );
  }
  if (!external) {
    throw new ManagementError(
      'TargetNotOurs',
      `target is not at our endpoint ${publicBaseUrl}, so its events would not arrive here: leave target out, or say external: true if another system answers its handshake.`,
    );
  }
  return true;
}
