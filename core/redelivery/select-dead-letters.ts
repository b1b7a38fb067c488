import type { ParametersOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import type { DeadLetter, DeadLetterQueues } from './ports.ts';

type DeadLetterFilter = ParametersOf<'listDeadLetters'>;

/** The queues that a filter selects. @throws NamedError UnknownQueue */
export function queuesOf(
  { queue }: DeadLetterFilter,
  { names }: Pick<DeadLetterQueues, 'names'>,
): readonly string[] {
  if (queue === undefined) return names;
  if (names.includes(queue)) return [queue];
  throw new NamedError(
    'UnknownQueue',
    `There is no dead-letter queue "${queue}". Existing queues: ${names.join(', ')}.`,
  );
}

/** Whether a dead letter has the cause that a filter selects. */
export function isMeant({ cause }: DeadLetter, filter: DeadLetterFilter): boolean {
  return filter.cause === undefined || cause === filter.cause;
}
