import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { deadLetterFilter } from '../parameters.ts';

/** The result of a redrive. */
export interface Redriven {
  readonly data: {
    /**
     * The number of messages that were removed from their queues. Each of their events was put on the bus again,
     * or has its own message in the queue `dispatcher` now and is counted under `left`.
     */
    readonly messages: number;
    /** The number of events that were put on the bus again. */
    readonly events: number;
    /**
     * Messages that could not be sent again and are still in their queues. `count` is 0 for a queue that could
     * not be read.
     */
    readonly left: readonly { readonly queue: string; readonly why: string; readonly count: number }[];
    /** Whether every selected message was processed. False if the limit was reached or the time was up. */
    readonly isComplete: boolean;
  };
}

export const redriveDeadLetters = operation({
  name: 'redriveDeadLetters',
  summary: 'Sends dead letters again and removes them from their queues. Events keep their event ids.',
  changes: true,
  parameters: z.strictObject(deadLetterFilter),
  result: result<Redriven>(),
  returns:
    'The number of messages that were removed, the number of events that were sent, and the messages that are left with the reason. If `isComplete` is false, there can be further messages: call again. If one event of a batch could not be sent, it gets its own message in the queue `dispatcher`.',
  example: { queue: 'billing', cause: 'AccessDeniedException' },
  errors: [...everyOperation, 'UnknownQueue'],
});
