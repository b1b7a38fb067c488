import { StorageUnavailable } from '../errors.ts';
import type { EventKey, LoggedEvent } from '../event.ts';
import { toBusEntry } from './bus-entry.ts';
import type { DeadLetterSink, UndeliverableEvent } from './ports.ts';
import { type PublishServices, publish } from './publish.ts';

/** A new event in the event log, as its stream tells of it. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly key: EventKey;
  readonly eventId: string;
  /** When the event was stored; DynamoDB says it to the second. */
  readonly storedAt: Date;
  /** The event, or nothing where the row cannot be read. */
  readonly event: LoggedEvent | undefined;
}

export interface DispatchServices extends PublishServices {
  readonly deadLetters: DeadLetterSink;
}

/** What came of a batch. */
export interface Dispatched {
  readonly published: readonly StreamRecord[];
  /** What is in the dead-letter queue now. */
  readonly deadLettered: readonly UndeliverableEvent[];
  /** Where the stream must go on, where not everything could be done. */
  readonly resumeAt?: StreamRecord;
}

/**
 * Puts a batch of the stream on the bus, in order. A record that can never be delivered goes to the dead-letter
 * queue, so that it holds up nobody; where that fails too, the stream comes back to it. Records before
 * `resumeAt` are done for good; those behind it come again, and of those some may have been published.
 */
export async function dispatch(
  records: readonly StreamRecord[],
  services: DispatchServices,
): Promise<Dispatched> {
  const entries = records.flatMap((record) =>
    record.event === undefined ? [] : [{ ...toBusEntry(record.event), record }],
  );
  const { published, refused, left } = await publish(entries, services);
  const causes = new Map(refused.map(({ entry, cause }) => [entry.record, cause]));
  const open = new Set(left.map(({ record }) => record));

  const deadLettered: UndeliverableEvent[] = [];
  let resumeAt: StreamRecord | undefined;
  for (const record of records) {
    const cause = record.event === undefined ? 'UnreadableRow' : causes.get(record);
    // What stands behind an open record comes again, and is put aside then.
    if (open.has(record) || (cause !== undefined && !(await putAside(record, cause)))) {
      resumeAt = record;
      break;
    }
  }
  return { published: published.map(({ record }) => record), deadLettered, resumeAt };

  async function putAside({ key, eventId }: StreamRecord, cause: string): Promise<boolean> {
    try {
      await services.deadLetters.add({ key, eventId, cause });
      deadLettered.push({ key, eventId, cause });
      return true;
    } catch (error) {
      if (error instanceof StorageUnavailable) return false;
      throw error;
    }
  }
}
