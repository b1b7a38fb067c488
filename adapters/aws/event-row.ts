import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { AsanaEvent } from '../../contract/events/asana-event.ts';
import { createdAtOf, type EventKey, keyOf, type LoggedEvent } from '../../core/event.ts';
import type { StreamedRow } from '../../core/publishing/ports.ts';
import type { UnreadableEvent, UnreadableReason } from '../../core/unreadable-event.ts';
import { unreadableKeyOf } from '../../core/unreadable-event.ts';
import type { Row } from './registry-key.ts';
import { expiry } from './row.ts';

/** Converts an event to a row. The row depends only on the event, so a repeated delivery writes an identical row. */
export function toEventRow(logged: LoggedEvent, retentionMs: number, now: Date): Row {
  const { createdAt, event } = logged;
  const storedAt = createdAt ? Date.parse(createdAt) : now.getTime();
  return {
    ...origin(logged, keyOf(logged)),
    event: { S: JSON.stringify(event) },
    ...expiry(new Date(storedAt + retentionMs)),
  };
}

/**
 * Converts an unreadable event to a row. The row has no `event`, so no reader takes it for an event. Its key depends
 * only on the unreadable event, so a repeated delivery writes the same row.
 */
export function toUnreadableRow(unreadable: UnreadableEvent, retentionMs: number, now: Date): Row {
  const { reason, body } = unreadable;
  return {
    ...origin(unreadable, unreadableKeyOf(unreadable)),
    unreadable: { S: reason },
    ...(body !== undefined && { body: { S: body } }),
    ...expiry(new Date(now.getTime() + retentionMs)),
  };
}

/** The attributes of every row: its key, and where it comes from. */
function origin(
  { eventId, webhookGid, connection, watched }: LoggedEvent | UnreadableEvent,
  { subscription, sortKey }: EventKey,
): Row {
  return {
    subscription: { S: subscription },
    sortKey: { S: sortKey },
    eventId: { S: eventId },
    webhookGid: { S: webhookGid },
    connection: { S: connection },
    watched: { S: watched },
  };
}

/** An attribute of DynamoDB or of its stream. An attribute of the stream has the same members with different types. */
type Attribute = Pick<AttributeValue, 'S'> | { readonly S?: string };

type Attributes = Readonly<Record<string, Attribute>>;

/** Converts a row to an event. @throws Error if the row is not an event. The message does not quote the row. */
export function fromEventRow(row: Attributes): LoggedEvent {
  const event = parseEvent(text(row, 'event'));
  return {
    subscription: text(row, 'subscription'),
    eventId: text(row, 'eventId'),
    createdAt: createdAtOf(event),
    webhookGid: text(row, 'webhookGid'),
    connection: text(row, 'connection'),
    watched: text(row, 'watched'),
    event,
  };
}

/** The same as `fromEventRow`. Returns undefined if the row is an unreadable event, or cannot be parsed. */
export function eventIn(row: Attributes): LoggedEvent | undefined {
  try {
    return fromEventRow(row);
  } catch {
    return undefined;
  }
}

/** A new row as a record of the stream shows it. A row that cannot be parsed keeps the names that its key gives. */
export function rowInStream({
  Keys: keys = {},
  NewImage: row = {},
}: {
  readonly Keys?: Attributes;
  readonly NewImage?: Attributes;
}): StreamedRow {
  const key = { subscription: keys.subscription?.S ?? '', sortKey: keys.sortKey?.S ?? '' };
  return {
    key,
    eventId: row.eventId?.S ?? key.sortKey.split('#').at(-1) ?? '',
    event: eventIn(row),
    unreadable: unreadableReasonOf(row),
  };
}

const reasons: readonly string[] = ['NotAnObject', 'TooDeep', 'TooLarge'] satisfies UnreadableReason[];

/** Why the row's item could not be stored as an event, or undefined if the row is of another kind. */
function unreadableReasonOf(row: Attributes): UnreadableReason | undefined {
  const reason = row.unreadable?.S;
  return reason !== undefined && reasons.includes(reason) ? (reason as UnreadableReason) : undefined;
}

function parseEvent(json: string): AsanaEvent {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's message would quote the event.
    throw new Error('Cannot read a row of the event log: its event is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('Cannot read a row of the event log: its event is not an object');
  }
  return value as AsanaEvent;
}

function text(row: Attributes, name: string): string {
  const value = row[name]?.S;
  if (value === undefined) throw new Error(`Cannot read a row of the event log: it has no ${name}`);
  return value;
}
