import type { ParametersOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import type { DeadLetter } from './ports.ts';
import type { RedeliveryServices } from './services.ts';

type DeadLetterFilter = ParametersOf<'listDeadLetters'>;

/** What is kept of the invocation to give messages back and to answer. */
export const answerReserveMs = 8_000;

/** Receives messages until the queues seem empty, the limit is reached or the time is up. */
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

/** The queues that are meant. @throws NamedError UnknownQueue */
export function queuesOf(
  { queue }: DeadLetterFilter,
  { deadLetters }: RedeliveryServices,
): readonly string[] {
  if (queue === undefined) return deadLetters.names;
  if (deadLetters.names.includes(queue)) return [queue];
  throw new NamedError(
    'UnknownQueue',
    `There is no dead-letter queue "${queue}": there are ${deadLetters.names.join(', ')}.`,
  );
}

/** Whether a dead letter is meant, by its cause. */
export function isMeant({ cause }: DeadLetter, filter: DeadLetterFilter): boolean {
  return filter.cause === undefined || cause === filter.cause;
}
