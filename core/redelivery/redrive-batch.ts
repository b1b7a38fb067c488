import { StorageUnavailable } from '../errors.ts';
import type { EventKey } from '../event.ts';
import { toBusEntry } from '../publishing/bus-entry.ts';
import type { StreamedRow } from '../publishing/ports.ts';
import { publish } from '../publishing/publish.ts';
import type { DeadLetterContent, StreamReading } from './ports.ts';
import { answerReserveMs } from './receive-dead-letters.ts';
import { type OwnLetter, type Redelivery, reasons, stays } from './redelivery.ts';
import type { RedeliveryServices } from './services.ts';

type Batch = Extract<DeadLetterContent, { readonly kind: 'stream' }>;

/** How many messages are added to the dispatcher's queue at the same time. */
const addAtOnce = 10;

const inEventLog = 'The events are still in the event log: send them with replayEvents.';

/**
 * Sends the events of a batch that Lambda gave up on. The whole range is read from the stream first: a batch of
 * which only a part can be read is not sent.
 *
 * An event that could not be sent gets its own message in the dispatcher's queue if another event of the batch
 * was sent. The batch can then be removed, and the next redrive does not send its other events again. An own
 * message also outlives the stream's 24 hours, because it names the event in the event log. If the bus accepted
 * and refused nothing, the batch itself stays: a retry sends nothing twice.
 */
export async function redriveBatch(
  batch: Batch,
  cause: string,
  services: RedeliveryServices,
): Promise<Redelivery> {
  const time = services.time.keep(answerReserveMs);
  const reading = await services.stream.read(batch.range, time);
  const gap = gapIn(reading, batch);
  if (gap !== undefined || reading.kind !== 'read') return stays(gap ?? '');

  const { rows } = reading;
  const entries = rows.flatMap(({ event, key }) =>
    event === undefined ? [] : [{ ...toBusEntry(event), key }],
  );
  const { published, refused, left, leftBecause } = await publish(entries, { ...services, time });
  if (left.length > 0 && left.length === entries.length) return stays(reasons.notNow(leftBecause));

  const unsent = [
    ...rows
      .filter(({ event }) => event === undefined)
      .map((row) => ({ ...row, cause: row.unreadable ?? 'UnreadableRow', why: whyUnreadable(row) })),
    ...refused.map(({ entry, cause }) => ({ ...entry, cause, why: reasons.refused(cause) })),
    // With the cause of the batch, the same call finds these messages again.
    ...left.map((entry) => ({ ...entry, cause, why: reasons.notNow(leftBecause) })),
  ];
  const { added, failure } = await addOwnLetters(unsent, services);
  const sent = published.length;
  if (failure === undefined) return { sent, ownLetters: added };
  const why = `not all of its events were sent, and there is no own message for each of the others. A redrive sends all of them again. ${failure.message}`;
  return { sent, ownLetters: added, stays: why };
}

/**
 * The reason why not everything in the batch is accounted for, or undefined.
 *
 * Lambda counts only the new rows in a batch, because the event source mapping leaves out other records. The range
 * can contain other records between the new rows, so it has at least as many records as the batch. Fewer records,
 * or no new row at all, mean that the stream did not return the batch.
 */
function gapIn(reading: StreamReading, { records }: Batch): string | undefined {
  switch (reading.kind) {
    case 'expired':
      return `The stream keeps its records for 24 hours, and these records have expired. ${inEventLog}`;
    case 'unfinished':
      return 'The stream could not be read to the end of this batch in time: call again. If this fails repeatedly, send the events from the event log with replayEvents.';
    case 'read':
      return reading.rows.length === 0 || reading.records < records
        ? `The stream does not return all records of this batch. ${inEventLog}`
        : undefined;
  }
}

function whyUnreadable({ unreadable }: StreamedRow): string {
  return unreadable === undefined ? reasons.unreadable : reasons.undeliverable(unreadable);
}

interface UnsentEvent extends OwnLetter {
  readonly eventId: string;
  readonly key: EventKey;
  readonly cause: string;
}

/** Adds a message for each event. Returns the events that have a message, and a failure if others have none. */
async function addOwnLetters(
  events: readonly UnsentEvent[],
  { undeliverable }: RedeliveryServices,
): Promise<{ readonly added: readonly OwnLetter[]; readonly failure?: StorageUnavailable }> {
  const added: OwnLetter[] = [];
  let failure: StorageUnavailable | undefined;
  for (let begin = 0; begin < events.length && failure === undefined; begin += addAtOnce) {
    await Promise.all(
      events.slice(begin, begin + addAtOnce).map(async ({ key, eventId, cause, why }) => {
        try {
          await undeliverable.add({ key, eventId, cause });
          added.push({ key, why });
        } catch (error) {
          if (!(error instanceof StorageUnavailable)) throw error;
          failure = error;
        }
      }),
    );
  }
  return { added, failure };
}
