import { NamedError } from '../errors.ts';
import { registrationRetentionMs } from '../hook.ts';
import { newSubscription, type Subscription } from '../subscription.ts';
import type { AsanaOptions } from './ports.ts';
import { type Registered, register, UnknownActivation } from './register.ts';
import { inProgress } from './secure.ts';
import type { SubscriptionServices } from './services.ts';

/** The outcome of creating a subscription: it was created, or another one has its handle. */
export type CreatedSubscription =
  | ({ readonly kind: 'created'; readonly subscription: Subscription } & Registered)
  | { readonly kind: 'taken'; readonly subscription: Subscription };

/**
 * Adds a subscription and creates its first hook. If the hook cannot be created, the subscription is removed.
 *
 * @throws NamedError CreateInProgress while another call adds a subscription with the same handle; the errors
 *   of `register`.
 */
export async function createSubscription(
  wanted: Parameters<typeof newSubscription>[0],
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<CreatedSubscription> {
  const { registry, now } = services;
  const subscription = newSubscription(wanted, now());
  try {
    const added = await registry.addSubscription(
      subscription,
      new Date(now().getTime() + registrationRetentionMs),
    );
    if (added.kind === 'taken') return added;
    if (added.kind === 'busy') throw inProgress();
    return { kind: 'created', subscription, ...(await register(subscription, options, services)) };
  } catch (error) {
    if (!(error instanceof UnknownActivation)) {
      // If the removal fails, the subscription expires by itself. The earlier failure is the one to report.
      await registry.removeSubscription(subscription).catch(() => undefined);
    }
    throw error;
  }
}

/** The error for a name that another subscription has. */
export function nameTaken({ id, name }: Subscription): NamedError {
  return new NamedError(
    'NameTaken',
    `The connection already has a subscription named "${name}": ${id}. Choose another name, or call ensureWebhook to use this subscription.`,
  );
}
