import { describeFilters } from '../contract/filter-notation.ts';
import type { DetailedSubscription } from '../contract/operations/get-subscription.ts';
import type { SubscriptionFacts } from '../contract/subscription.ts';

/** The state of a subscription: `paused`, `no webhook`, or the status of its webhook. */
export function stateOf({ wanted, webhook }: Pick<SubscriptionFacts, 'wanted' | 'webhook'>): string {
  if (wanted === 'paused') return 'paused';
  if (webhook === null || webhook.status === 'deleted') return 'no webhook';
  return webhook.status;
}

/** A subscription in one line: `sub_… "bugs": task.added, active`. */
export function describeSubscription(facts: SubscriptionFacts): string {
  const { subscription, name, filters } = facts;
  const called = name === null ? subscription : `${subscription} "${name}"`;
  return `${called}: ${describeFilters(filters)}, ${stateOf(facts)}`;
}

/** The command that resumes a subscription, or creates its missing webhook. */
export function resumeCommand(subscription: string): string {
  return `asana-webhooks subscriptions resume ${subscription}`;
}

/** What to do about a subscription without a working webhook. Undefined if its webhook works. */
export function adviceFor({
  subscription,
  wanted,
  webhook,
  webhooks,
}: DetailedSubscription): string | undefined {
  if (wanted === 'paused') {
    const left = webhooks.find(({ status }) => status !== 'deleted');
    if (left === undefined)
      return `It is paused: Asana sends no events. Resume it: ${resumeCommand(subscription)}`;
    return `It is paused, but a webhook is not deleted yet. Pause it again: asana-webhooks subscriptions pause ${subscription}`;
  }
  if (webhook?.status === 'active') return undefined;
  if (webhooks.some(({ status }) => status === 'registering')) {
    return `A call is creating its webhook. If the webhook is not active in a minute, create it again: ${resumeCommand(subscription)}`;
  }
  return `It has no webhook, so Asana sends no events. Create the webhook: ${resumeCommand(subscription)}`;
}
