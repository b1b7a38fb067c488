import type { DeadLetterGroup } from '../../contract/operations/list-dead-letters.ts';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { DeadLetter } from './ports.ts';
import { isMeant, queuesOf, receiveDeadLetters } from './receive-dead-letters.ts';
import type { RedeliveryServices } from './services.ts';

/** How long messages are hidden while they are listed. They are shown again right after that. */
const hiddenSeconds = 30;
const maxIds = 10;

/** Lists dead letters, grouped by queue and cause. */
export async function listDeadLetters(
  filter: ParametersOf<'listDeadLetters'>,
  services: RedeliveryServices,
): Promise<ResultOf<'listDeadLetters'>> {
  const { deadLetters } = services;
  const names = queuesOf(filter, services);
  const groups = new Map<string, DeadLetter[]>();
  const seen: DeadLetter[] = [];
  try {
    for await (const letter of receiveDeadLetters(filter, hiddenSeconds, services)) {
      seen.push(letter);
      if (!isMeant(letter, filter)) continue;
      const key = JSON.stringify([letter.queue, letter.cause]);
      groups.set(key, [...(groups.get(key) ?? []), letter]);
    }
  } finally {
    for (const letter of seen) await deadLetters.giveBack(letter);
  }
  const counts = await Promise.all(names.map(async (name) => [name, await deadLetters.count(name)] as const));
  return { data: [...groups.values()].map(toGroup), queues: Object.fromEntries(counts) };
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
