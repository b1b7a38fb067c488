import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { deadLetterFilter } from '../parameters.ts';

/** The dead letters of a queue with one cause. */
export interface DeadLetterGroup {
  readonly queue: string;
  readonly cause: string;
  readonly count: number;
  /** When the oldest and the newest of them were put there. */
  readonly oldest: string;
  readonly newest: string;
  /** Of the first ten, where the message names one. */
  readonly eventIds: readonly string[];
}

export interface ListedDeadLetters {
  readonly data: readonly DeadLetterGroup[];
  /** About how many messages each queue holds. */
  readonly queues: Readonly<Record<string, number>>;
}

export const listDeadLetters = operation({
  name: 'listDeadLetters',
  summary: 'Lists what could not be delivered, by queue and cause.',
  changes: false,
  parameters: z.strictObject(deadLetterFilter),
  result: result<ListedDeadLetters>(),
  returns:
    'For each queue and cause how many there are, from when to when, and the first ten event ids; under `queues` about how many messages each queue holds.',
  example: { queue: 'dispatcher' },
  errors: [...everyOperation, 'UnknownQueue'],
});
