import type { StreamRecord } from './event-stream.ts';

/** An event as the event log holds it. */
export interface ReceivedEvent {
  readonly eventId: string;
  readonly subscription: string;
  readonly webhook: string;
  /** As Asana sent it. */
  readonly event: Readonly<Record<string, unknown>>;
}

/** The new event that a record of the event log's stream tells of, if it tells of one that can be read. */
export function receivedEventOf({ eventName, dynamodb }: StreamRecord): ReceivedEvent | undefined {
  const row = dynamodb.NewImage;
  if (eventName !== 'INSERT' || row === undefined) return undefined;
  try {
    return {
      eventId: row.eventId?.S ?? '',
      subscription: row.subscription?.S ?? '',
      webhook: row.webhookGid?.S ?? '',
      event: JSON.parse(row.event?.S ?? '') as Record<string, unknown>,
    };
  } catch {
    return undefined;
  }
}
