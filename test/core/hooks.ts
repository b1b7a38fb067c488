import { type Hook, newHook } from '../../core/hook.ts';
import { newSubscription, newSubscriptionId, type Subscription } from '../../core/subscription.ts';

const begin = new Date('2026-11-23T10:00:00.000Z');

/** Returns a hook that is being created at `2026-11-23T10:00:00Z`, with a window of ten minutes. */
export function hookOf(changes: Partial<Hook> = {}): Hook {
  const made = {
    subscription: newSubscriptionId(),
    generation: 1,
    connection: 'default',
    resource: '1',
    baseUrl: 'https://hooks.example.com',
    owner: { userGid: '12', fingerprint: 'f' },
    windowClosesAt: new Date(begin.getTime() + 600_000),
  };
  return { ...newHook(made, begin), ...changes };
}

/** Returns a subscription that was added at `2026-11-23T10:00:00Z`. */
export function subscriptionOf(changes: Partial<Subscription> = {}): Subscription {
  const wanted = { connection: 'default', resource: '1', filters: [{ resource_type: 'task' }] };
  return { ...newSubscription(wanted, begin), ...changes };
}
