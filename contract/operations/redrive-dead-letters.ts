import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { deadLetterFilter } from '../parameters.ts';

/** The result of a redrive. */
export interface Redriven {
  readonly data: {
    /** The number of messages that were sent again and removed from their queues. */
    readonly messages: number;
    /** The number of events that were put on the bus again. */
    readonly events: number;
    /** Messages that could not be sent again and are still in their queues. */
    readonly left: readonly { readonly queue: string; readonly why: string; readonly count: number }[];
  };
}

export const redriveDeadLetters = operation({
  name: 'redriveDeadLetters',
  summary: 'Sends dead letters again and removes them from their queues. Events keep their event ids.',
  changes: true,
  parameters: z.strictObject(deadLetterFilter),
  result: result<Redriven>(),
  returns:
    'The numbers of messages and events that were sent, and the messages that are left with the reason.',
  example: { queue: 'billing', cause: 'AccessDeniedException' },
  errors: [...everyOperation, 'UnknownQueue'],
});
