import type { Clock, ManagementRegistry } from '../subscriptions/ports.ts';
import type { DeadLetterQueues, EventBus, EventReader, EventStream, Replays } from './ports.ts';

/** What the operations on stored events work with. */
export interface EventServices {
  readonly registry: Pick<ManagementRegistry, 'findByGid' | 'subscriptions'>;
  readonly events: EventReader;
  readonly stream: EventStream;
  readonly bus: EventBus;
  readonly replays: Replays;
  readonly deadLetters: DeadLetterQueues;
  readonly now: Clock;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** When the invocation ends: nothing runs beyond it. */
  readonly deadline: Date;
}
