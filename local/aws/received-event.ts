import type { StreamRecord } from './event-stream.ts';
import { toJson } from './invocation.ts';

/** An event as the event log holds it. */
export interface ReceivedEvent {
  readonly eventId: string;
  readonly subscription: string;
  readonly webhook: string;
  /** As Asana sent it. */
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * The new event that a record of the event log's stream tells of, if it can be read, and written as JSON again. An event
 * that is nested too deeply for that would end local mode where it is printed.
 */
export function receivedEventOf({ eventName, dynamodb }: StreamRecord): ReceivedEvent | undefined {
  const row = dynamodb.NewImage;
  if (eventName !== 'INSERT' || row === undefined) return undefined;
  try {
    const event = JSON.parse(row.event?.S ?? '') as Record<string, unknown>;
    if (toJson(event) === undefined) return undefined;
    return {
      eventId: row.eventId?.S ?? '',
      subscription: row.subscription?.S ?? '',
      webhook: row.webhookGid?.S ?? '',
      event,
    };
  } catch {
    return undefined;
  }
}
