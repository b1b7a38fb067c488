import { NamedError } from '../errors.ts';
import { type BusEntry, toBusEntry } from '../publishing/bus-entry.ts';
import { publish } from '../publishing/publish.ts';
import { isUnreadableKey } from '../unreadable-event.ts';
import type { DeadLetter } from './ports.ts';
import { answerReserveMs } from './receive-dead-letters.ts';
import { type Redelivery, reasons, stays } from './redelivery.ts';
import { redriveBatch } from './redrive-batch.ts';
import type { RedeliveryServices } from './services.ts';

/** Sends one dead letter again. It never throws StorageUnavailable: then the message stays. */
export async function redriveLetter(letter: DeadLetter, services: RedeliveryServices): Promise<Redelivery> {
  try {
    const { content, queue, cause } = letter;
    if (content.kind === 'stream') return await redriveBatch(content, cause, services);
    const entry = await entryOf({ content, queue, cause }, services);
    return typeof entry === 'string' ? stays(entry) : await send(entry, services);
  } catch (error) {
    // The failure of a store for one message must not stop the others.
    if (error instanceof NamedError) return stays(error.message);
    throw error;
  }
}

async function send(entry: BusEntry, services: RedeliveryServices): Promise<Redelivery> {
  const time = services.time.keep(answerReserveMs);
  const { refused, left, leftBecause } = await publish([entry], { ...services, time });
  const [first] = refused;
  if (first !== undefined) return stays(reasons.refused(first.cause));
  return left.length > 0 ? stays(reasons.notNow(leftBecause)) : { sent: 1, ownLetters: [] };
}

/** The entry of a message with one event, or the reason why the message must stay. */
async function entryOf(
  { content, queue, cause }: Pick<DeadLetter, 'content' | 'queue' | 'cause'>,
  { events }: RedeliveryServices,
): Promise<BusEntry | string> {
  switch (content.kind) {
    case 'event': {
      if (isUnreadableKey(content.key)) return reasons.undeliverable(cause);
      try {
        const event = await events.get(content.key);
        return event === undefined ? 'the event has expired in the event log' : toBusEntry(event);
      } catch (error) {
        if (error instanceof NamedError) throw error;
        return reasons.unreadable;
      }
    }
    case 'bus':
      // No rule matches an event for the dispatcher, so the event would reach no consumer.
      return queue === 'dispatcher'
        ? 'the message names no consumer: move it to the queue of its consumer'
        : forConsumer(content.entry, queue);
    default:
      return 'the message has an unknown format';
  }
}

/** The entry for only one consumer, because the other consumers have received it already. */
function forConsumer(entry: BusEntry, consumer: string): BusEntry {
  const detail = JSON.parse(entry.detail) as Record<string, unknown>;
  return { ...entry, detail: JSON.stringify({ ...detail, consumer }) };
}
