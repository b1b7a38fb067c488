import { StorageUnavailable } from '../errors.ts';
import { toBusEntry } from './bus-entry.ts';
import type { DeadLetterSink, StreamedRow, UndeliverableEvent } from './ports.ts';
import { type PublishServices, publish } from './publish.ts';

/** A new event in the event log, as a record of its stream. */
export interface StreamRecord extends StreamedRow {
  readonly sequenceNumber: string;
  /** When the event was stored. DynamoDB gives this time in whole seconds. */
  readonly storedAt: Date;
}

export interface DispatchServices extends PublishServices {
  readonly deadLetters: DeadLetterSink;
}

/** The outcome of a batch. */
export interface Dispatched {
  readonly published: readonly StreamRecord[];
  /** The events that were put into the dead-letter queue. */
  readonly deadLettered: readonly UndeliverableEvent[];
  /** The record from which the stream must retry; absent if the whole batch was processed. */
  readonly resumeAt?: StreamRecord;
}

/**
 * Puts a batch of the stream on the bus, in order. A record that can never be delivered is put into the
 * dead-letter queue, so that it does not block the records after it. If that fails too, the stream retries
 * from this record. Records before `resumeAt` are finished. The stream sends
 * the record at `resumeAt` and all later records again. Later records may already be on the bus, so a consumer can
 * receive them twice.
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
    const cause = record.unreadable ?? (record.event === undefined ? 'UnreadableRow' : causes.get(record));
    // Skip the records after an unfinished record: they arrive again, and those that cannot be delivered are put into
    // the dead-letter queue then.
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
