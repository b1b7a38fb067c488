import type { StreamRecord } from './event-stream.ts';
import { toJson } from './invocation.ts';

/** An event as the event log stores it. */
export interface ReceivedEvent {
  readonly eventId: string;
  readonly subscription: string;
  readonly webhook: string;
  /** As Asana sent it. */
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * Returns the new event in a record of the event log's stream. Returns undefined if the event cannot be
 * parsed or cannot be written as JSON again. Printing an event that is nested too deeply for JSON would end
 * local mode.
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
