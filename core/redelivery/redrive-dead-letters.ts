import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { type BusEntry, toBusEntry } from '../publishing/bus-entry.ts';
import { publish } from '../publishing/publish.ts';
import type { DeadLetter } from './ports.ts';
import { answerReserveMs, isMeant, receiveDeadLetters } from './receive-dead-letters.ts';
import type { RedeliveryServices } from './services.ts';

/** As long as an invocation can last: nobody else redrives the same message meanwhile. */
const hiddenSeconds = 60;

const streamExpired =
  'The stream keeps its records for 24 hours, and these are gone. The events are still in the event log: send them with replayEvents.';

/**
 * Sends what could not be delivered once more, and removes it from its queue. An event keeps its event id. What a
 * consumer could not take goes to that consumer alone.
 */
export async function redriveDeadLetters(
  filter: ParametersOf<'redriveDeadLetters'>,
  services: RedeliveryServices,
): Promise<ResultOf<'redriveDeadLetters'>> {
  const { deadLetters } = services;
  let [messages, events] = [0, 0];
  const left = new Map<string, { queue: string; why: string; count: number }>();
  const kept: DeadLetter[] = [];
  try {
    for await (const letter of receiveDeadLetters(filter, hiddenSeconds, services)) {
      const result = isMeant(letter, filter) ? await redrive(letter, services) : undefined;
      if (typeof result === 'number') {
        await deadLetters.remove(letter);
        messages += 1;
        events += result;
        continue;
      }
      kept.push(letter);
      if (result === undefined) continue;
      const { queue } = letter;
      const group = left.get(queue + result) ?? { queue, why: result, count: 0 };
      left.set(queue + result, { ...group, count: group.count + 1 });
    }
  } finally {
    // Only now, so that none of them was received a second time.
    for (const letter of kept) await deadLetters.giveBack(letter);
  }
  return { data: { messages, events, left: [...left.values()] } };
}

/** Answers how many events are on the bus again, or why the message must stay. */
async function redrive(letter: DeadLetter, services: RedeliveryServices): Promise<number | string> {
  const entries = await entriesOf(letter, services);
  if (typeof entries === 'string') return entries;
  const { published, refused, left } = await publish(entries, {
    ...services,
    time: services.time.keep(answerReserveMs),
  });
  const [first] = refused;
  if (first !== undefined) return `the bus refuses it again: ${first.cause}`;
  return left.length > 0 ? 'the bus does not take it now: call again' : published.length;
}

async function entriesOf(
  { queue, content }: DeadLetter,
  { events, stream }: RedeliveryServices,
): Promise<readonly BusEntry[] | string> {
  try {
    switch (content.kind) {
      case 'event': {
        const event = await events.get(content.key);
        return event === undefined ? 'it has expired in the event log' : [toBusEntry(event)];
      }
      case 'stream': {
        const found = await stream.read(content.range);
        return found === 'expired' ? streamExpired : found.map((event) => toBusEntry(event));
      }
      case 'bus':
        return [forConsumer(content.entry, queue)];
      case 'unreadable':
        return 'the message is of no known kind';
    }
  } catch (error) {
    if (error instanceof NamedError) throw error;
    return 'its row in the event log cannot be read';
  }
}

/** The entry, for one consumer alone: the others have had it. */
function forConsumer(entry: BusEntry, consumer: string): BusEntry {
  const detail = JSON.parse(entry.detail) as Record<string, unknown>;
  return { ...entry, detail: JSON.stringify({ ...detail, consumer }) };
}
