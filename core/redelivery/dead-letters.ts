import { ManagementError } from '../errors.ts';
import { type BusEntry, toBusEntry } from '../publishing/bus-entry.ts';
import { publish } from '../publishing/publish.ts';
import type { DeadLetter } from './ports.ts';
import type { EventServices } from './services.ts';

export interface DeadLetterFilter {
  /** `dispatcher` or the name of a consumer; all of them where it is absent. */
  readonly queue?: string;
  readonly cause?: string;
  /** At most so many messages are looked at. */
  readonly limit: number;
}

/** The dead letters of a queue with one cause. */
export interface DeadLetterGroup {
  readonly queue: string;
  readonly cause: string;
  readonly count: number;
  /** When the oldest and the newest of them were put there. */
  readonly oldest: string;
  readonly newest: string;
  /** Of the first ten, where the message names one. */
  readonly eventIds: readonly string[];
}

export interface ListedDeadLetters {
  readonly data: readonly DeadLetterGroup[];
  /** About how many messages each queue holds. */
  readonly queues: Readonly<Record<string, number>>;
}

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

/** How long messages are hidden while they are listed; they are given back right after. */
const listingHidesSeconds = 30;
/** As long as an invocation can last: nobody else redrives the same message meanwhile. */
const redriveHidesSeconds = 60;
const maxIds = 10;
const answerReserveMs = 8_000;

/** Lists what could not be delivered, by queue and cause. */
export async function listDeadLetters(
  filter: DeadLetterFilter,
  services: EventServices,
): Promise<ListedDeadLetters> {
  const { deadLetters } = services;
  const names = queuesOf(filter, services);
  const groups = new Map<string, DeadLetter[]>();
  const seen: DeadLetter[] = [];
  try {
    for await (const letter of receive(filter, listingHidesSeconds, services)) {
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

/**
 * Sends what could not be delivered once more, and removes it from its queue. An event keeps its event id. What a
 * consumer could not take goes to that consumer alone.
 */
export async function redriveDeadLetters(
  filter: DeadLetterFilter,
  services: EventServices,
): Promise<Redriven> {
  const { deadLetters } = services;
  let [messages, events] = [0, 0];
  const left = new Map<string, { queue: string; why: string; count: number }>();
  const kept: DeadLetter[] = [];
  try {
    for await (const letter of receive(filter, redriveHidesSeconds, services)) {
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
async function redrive(letter: DeadLetter, services: EventServices): Promise<number | string> {
  const entries = await entriesOf(letter, services);
  if (typeof entries === 'string') return entries;
  const { published, refused, left } = await publish(entries, {
    ...services,
    deadline: new Date(services.deadline.getTime() - answerReserveMs),
  });
  const [first] = refused;
  if (first !== undefined) return `the bus refuses it again: ${first.cause}`;
  return left.length > 0 ? 'the bus does not take it now: call again' : published.length;
}

async function entriesOf(
  { queue, content }: DeadLetter,
  { events, stream }: EventServices,
): Promise<readonly BusEntry[] | string> {
  try {
    switch (content.kind) {
      case 'event': {
        const event = await events.get(content.key);
        return event === undefined ? 'it has expired in the event log' : [toBusEntry(event)];
      }
      case 'stream':
        return (await stream.read(content.range)).map((event) => toBusEntry(event));
      case 'bus':
        return [forConsumer(content.entry, queue)];
      case 'unreadable':
        return 'the message is of no known kind';
    }
  } catch (error) {
    if (!(error instanceof ManagementError)) return 'its row in the event log cannot be read';
    if (error.name === 'StreamExpired') return error.message;
    throw error;
  }
}

/** The entry, for one consumer alone: the others have had it. */
function forConsumer(entry: BusEntry, consumer: string): BusEntry {
  const detail = JSON.parse(entry.detail) as Record<string, unknown>;
  return { ...entry, detail: JSON.stringify({ ...detail, consumer }) };
}

/** Receives messages until the queues seem empty, the limit is reached or the time is up. */
async function* receive(
  filter: DeadLetterFilter,
  hiddenSeconds: number,
  services: EventServices,
): AsyncGenerator<DeadLetter> {
  const { deadLetters, now, deadline } = services;
  const isTimeUp = () => now().getTime() + answerReserveMs >= deadline.getTime();
  let room = filter.limit;
  for (const queue of queuesOf(filter, services)) {
    while (room > 0 && !isTimeUp()) {
      const letters = await deadLetters.receive(queue, hiddenSeconds);
      if (letters.length === 0) break;
      room -= letters.length;
      yield* letters;
    }
  }
}

function queuesOf({ queue }: DeadLetterFilter, { deadLetters }: EventServices): readonly string[] {
  if (queue === undefined) return deadLetters.names;
  if (deadLetters.names.includes(queue)) return [queue];
  throw new ManagementError(
    'UnknownQueue',
    `There is no dead-letter queue "${queue}": there are ${deadLetters.names.join(', ')}.`,
  );
}

function isMeant({ cause }: DeadLetter, filter: DeadLetterFilter): boolean {
  return filter.cause === undefined || cause === filter.cause;
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
