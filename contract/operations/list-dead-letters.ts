import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { deadLetterFilter } from '../parameters.ts';

/** The dead letters of a queue with one cause. */
export interface DeadLetterGroup {
  readonly queue: string;
  readonly cause: string;
  readonly count: number;
  /** When the oldest and the newest of them were sent to the queue. */
  readonly oldest: string;
  readonly newest: string;
  /** The first ten event ids, of the messages that contain one. */
  readonly eventIds: readonly string[];
}

export interface ListedDeadLetters {
  readonly data: readonly DeadLetterGroup[];
  /** The approximate number of messages in each queue. */
  readonly queues: Readonly<Record<string, number>>;
  /** Whether every selected message was read. False if the limit was reached or the time was up. */
  readonly isComplete: boolean;
}

export const listDeadLetters = operation({
  name: 'listDeadLetters',
  summary: 'Lists the dead letters, grouped by queue and cause.',
  changes: false,
  parameters: z.strictObject(deadLetterFilter),
  result: result<ListedDeadLetters>(),
  returns:
    'For each queue and cause: the number of dead letters, the times of the oldest and the newest, and the first ten event ids. Under `queues`: the approximate number of messages in each queue. If `isComplete` is false, there can be further messages.',
  example: { queue: 'dispatcher' },
  errors: [...everyOperation, 'UnknownQueue'],
});
