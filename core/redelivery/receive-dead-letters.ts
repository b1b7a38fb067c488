import type { ParametersOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import type { DeadLetter } from './ports.ts';
import type { RedeliveryServices } from './services.ts';

type DeadLetterFilter = ParametersOf<'listDeadLetters'>;

/** The part of the invocation's time that is reserved for showing messages again and returning the result. */
export const answerReserveMs = 8_000;

/** Receives messages until the queues seem empty, the limit is reached, or the time is up. */
export async function* receiveDeadLetters(
  filter: DeadLetterFilter,
  hiddenSeconds: number,
  services: RedeliveryServices,
): AsyncGenerator<DeadLetter> {
  const { deadLetters, time } = services;
  let room = filter.limit;
  for (const queue of queuesOf(filter, services)) {
    while (room > 0 && !time.isUp(answerReserveMs)) {
      const letters = await deadLetters.receive(queue, hiddenSeconds);
      if (letters.length === 0) break;
      room -= letters.length;
      yield* letters;
    }
  }
}

/** The queues that a filter selects. @throws NamedError UnknownQueue */
export function queuesOf(
  { queue }: DeadLetterFilter,
  { deadLetters }: RedeliveryServices,
): readonly string[] {
  if (queue === undefined) return deadLetters.names;
  if (deadLetters.names.includes(queue)) return [queue];
  throw new NamedError(
    'UnknownQueue',
    `There is no dead-letter queue "${queue}". Existing queues: ${deadLetters.names.join(', ')}.`,
  );
}

/** Whether a dead letter has the cause that a filter selects. */
export function isMeant({ cause }: DeadLetter, filter: DeadLetterFilter): boolean {
  return filter.cause === undefined || cause === filter.cause;
}
