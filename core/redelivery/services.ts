import type { Clock, Sleep } from '../clock.ts';
import type { DeadLetterSink, EventBus } from '../publishing/ports.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { DeadLetterQueues, EventReader, EventStream, Replays, SubscriptionLookup } from './ports.ts';

/** The services of the operations on stored events. */
export interface RedeliveryServices {
  readonly registry: SubscriptionLookup;
  readonly events: EventReader;
  readonly stream: EventStream;
  readonly bus: EventBus;
  readonly replays: Replays;
  readonly deadLetters: DeadLetterQueues;
  /** The dispatcher's dead-letter queue, for the events of a batch that could not be sent. */
  readonly undeliverable: DeadLetterSink;
  readonly now: Clock;
  readonly sleep: Sleep;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  /** The time that is left of the invocation. Nothing may run longer. */
  readonly time: TimeBudget;
}
