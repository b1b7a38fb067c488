import type { DeadLetterGroup } from '../../contract/operations/list-dead-letters.ts';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { DeadLetter } from './ports.ts';
import { receiveDeadLetters } from './receive-dead-letters.ts';
import { isMeant, queuesOf } from './select-dead-letters.ts';
import type { RedeliveryServices } from './services.ts';

const maxIds = 10;

/**
 * Lists dead letters, grouped by queue and cause. They are hidden only while they are listed.
 *
 * @throws NamedError UnknownQueue. StorageUnavailable if a queue cannot be read: a list without this queue would
 *   look as if the queue had no messages.
 */
export async function listDeadLetters(
  filter: ParametersOf<'listDeadLetters'>,
  services: RedeliveryServices,
): Promise<ResultOf<'listDeadLetters'>> {
  const { deadLetters } = services;
  const names = queuesOf(filter, deadLetters);
  const groups = new Map<string, DeadLetter[]>();
  const received = receiveDeadLetters(filter, (letter) => isMeant(letter, filter), services);
  try {
    for await (const letter of received.each()) {
      const key = JSON.stringify([letter.queue, letter.cause]);
      groups.set(key, [...(groups.get(key) ?? []), letter]);
    }
  } finally {
    await received.giveBack();
  }
  const [unread] = received.unread;
  if (unread !== undefined) throw unread.error;
  const counts = await Promise.all(names.map(async (name) => [name, await deadLetters.count(name)] as const));
  return {
    data: [...groups.values()].map(toGroup),
    queues: Object.fromEntries(counts),
    isComplete: received.isComplete,
  };
}

function toGroup(letters: readonly DeadLetter[]): DeadLetterGroup {
  const times = letters.map(({ sentAt }) => sentAt.getTime());
  const [first] = letters;
  return {
    queue: first?.queue ?? '',
    cause: first?.cause ?? '',
    count: letters.length,
    oldest: new Date(Math.min(...times)).toISOString(),
    newest: new Date(Math.max(...times)).toISOString(),
    eventIds: letters.flatMap(eventIdIn).slice(0, maxIds),
  };
}

function eventIdIn({ content }: DeadLetter): readonly string[] {
  if (content.kind === 'event') return [content.eventId];
  return content.kind === 'bus' ? [content.entry.eventId] : [];
}
