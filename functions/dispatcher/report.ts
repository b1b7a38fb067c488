import type { Dispatched } from '../../core/publishing/dispatch.ts';
import { listOfIds, type Telemetry } from '../runtime/telemetry.ts';

/** Counts the results of a batch, and logs the events that were not published. */
export function report(
  { published, deadLettered, resumeAt }: Dispatched,
  telemetry: Telemetry,
  now: Date,
): void {
  if (published.length > 0) {
    telemetry.count('EventsPublished', published.length);
    // The slowest event of the batch. DynamoDB reports the time of storing to the second.
    const oldest = Math.min(...published.map(({ storedAt }) => storedAt.getTime()));
    telemetry.measure('ReceiveToBus', Math.max(0, now.getTime() - oldest));
    telemetry.note({ eventIds: listOfIds(published.map(({ eventId }) => eventId)) });
  }
  for (const { eventId, cause, key } of deadLettered) {
    telemetry.count('EventsDeadLettered');
    telemetry.error('event cannot be delivered', { eventId, cause, subscription: key.subscription });
  }
  if (resumeAt !== undefined) {
    telemetry.warn('batch not finished', {
      resumeAt: resumeAt.sequenceNumber,
      eventId: resumeAt.eventId,
      subscription: resumeAt.key.subscription,
    });
  }
}
