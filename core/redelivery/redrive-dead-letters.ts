import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { type BusEntry, toBusEntry } from '../publishing/bus-entry.ts';
import { publish } from '../publishing/publish.ts';
import type { DeadLetter } from './ports.ts';
import { answerReserveMs, isMeant, receiveDeadLetters } from './receive-dead-letters.ts';
import type { RedeliveryServices } from './services.ts';

/** The longest duration of an invocation, so that no other invocation redrives the same message meanwhile. */
const hiddenSeconds = 60;

const streamExpired =
  'The stream keeps its records for 24 hours, and these records have expired. The events are still in the event log: send them with replayEvents.';

/**
 * Sends dead letters again and removes them from their queues. An event keeps its event id. A dead letter of
 * a consumer is sent only to that consumer.
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
    // Messages are shown again only at the end, so that this invocation does not receive them a second time.
    for (const letter of kept) await deadLetters.giveBack(letter);
  }
  return { data: { messages, events, left: [...left.values()] } };
}

/** Returns the number of events that were put on the bus again, or the reason why the message must stay. */
async function redrive(letter: DeadLetter, services: RedeliveryServices): Promise<number | string> {
  const entries = await entriesOf(letter, services);
  if (typeof entries === 'string') return entries;
  const { published, refused, left } = await publish(entries, {
    ...services,
    time: services.time.keep(answerReserveMs),
  });
  const [first] = refused;
  if (first !== undefined) return `the bus refuses it again: ${first.cause}`;
  return left.length > 0 ? 'the bus does not accept it now: call again' : published.length;
}

async function entriesOf(
  { queue, content }: DeadLetter,
  { events, stream }: RedeliveryServices,
): Promise<readonly BusEntry[] | string> {
  try {
    switch (content.kind) {
      case 'event': {
        const event = await events.get(content.key);
        return event === undefined ? 'the event has expired in the event log' : [toBusEntry(event)];
      }
      case 'stream': {
        const found = await stream.read(content.range);
        return found === 'expired' ? streamExpired : found.map((event) => toBusEntry(event));
      }
      case 'bus':
        return [forConsumer(content.entry, queue)];
      case 'unreadable':
        return 'the message has an unknown format';
    }
  } catch (error) {
    if (error instanceof NamedError) throw error;
    return 'the row in the event log cannot be parsed';
  }
}

/** The entry for only one consumer, because the other consumers have received it already. */
function forConsumer(entry: BusEntry, consumer: string): BusEntry {
  const detail = JSON.parse(entry.detail) as Record<string, unknown>;
  return { ...entry, detail: JSON.stringify({ ...detail, consumer }) };
}
