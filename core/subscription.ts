import { randomBytes } from 'node:crypto';
import type { ManagedBy, WantedState } from '../contract/subscription.ts';
import type { WebhookFilter } from '../contract/webhook.ts';

/** What somebody wants: the events of one resource, over one connection. It outlives every hook that serves it. */
export interface Subscription {
  /** `sub_…` */
  readonly id: string;
  readonly connection: string;
  /** Gid of the resource to watch. */
  readonly resource: string;
  /** Gid of the resource's workspace, as soon as a list of Asana's webhooks has shown it. */
  readonly workspace?: string;
  readonly filters: readonly WebhookFilter[];
  /** The name that a person gave it. It is unique per connection. */
  readonly name?: string;
  /**
   * What makes it unique per connection: its name, or what an operation finds its own subscriptions by. A
   * subscription without one can exist any number of times.
   */
  readonly handle?: string;
  readonly managedBy: ManagedBy;
  readonly wanted: WantedState;
  /** The generation of the hook that was created last, or is being created. */
  readonly generation: number;
  /** The hook key of the current hook. Absent until the first hook is confirmed. */
  readonly currentHook?: string;
  readonly createdAt: Date;
  /** When its row expires. Set while its first hook is not confirmed, and after its deletion has ended. */
  readonly expiresAt?: Date;
}

const subscriptionForm = /^sub_[A-Za-z0-9_-]{22}$/;

/** A new subscription id: `sub_` and 128 random bits as base64url. It reveals no hook key. */
export function newSubscriptionId(): string {
  return `sub_${randomBytes(16).toString('base64url')}`;
}

/** Whether the text is a subscription id and not one of Asana's gids, which are digits. */
export function isSubscriptionId(text: string): boolean {
  return subscriptionForm.test(text);
}

/** A subscription that is about to be stored. Its first hook has generation 1. */
export function newSubscription(
  wanted: Pick<Subscription, 'connection' | 'resource' | 'filters' | 'name' | 'handle'> & {
    readonly id?: string;
  },
  now: Date,
): Subscription {
  return {
    ...wanted,
    id: wanted.id ?? newSubscriptionId(),
    managedBy: 'person',
    wanted: 'on',
    generation: 1,
    createdAt: now,
  };
}
