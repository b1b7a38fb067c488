import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { deadLetterFilter } from '../parameters.ts';

/** What came of a redrive. */
export interface Redriven {
  readonly data: {
    /** Messages that are dealt with, and gone from their queues. */
    readonly messages: number;
    /** Events that are on the bus again. */
    readonly events: number;
    /** Messages that could not be dealt with, and are still there. */
    readonly left: readonly { readonly queue: string; readonly why: string; readonly count: number }[];
  };
}

export const redriveDeadLetters = operation({
  name: 'redriveDeadLetters',
  summary: 'Sends dead letters once more and removes them from their queues. Events keep their event ids.',
  changes: true,
  parameters: z.strictObject(deadLetterFilter),
  result: result<Redriven>(),
  returns: 'How many messages were sent, with how many events, and which are left and why.',
  example: { queue: 'billing', cause: 'AccessDeniedException' },
  errors: [...everyOperation, 'UnknownQueue'],
});
