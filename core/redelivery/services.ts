import type { Clock, Sleep } from '../clock.ts';
import type { EventBus } from '../publishing/ports.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { DeadLetterQueues, EventReader, EventStream, Replays, SubscriptionLookup } from './ports.ts';

/** What the operations on stored events work with. */
export interface RedeliveryServices {
  readonly registry: SubscriptionLookup;
  readonly events: EventReader;
  readonly stream: EventStream;
  readonly bus: EventBus;
  readonly replays: Replays;
  readonly deadLetters: DeadLetterQueues;
  readonly now: Clock;
  readonly sleep: Sleep;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** What is left of the invocation: nothing runs beyond it. */
  readonly time: TimeBudget;
}
