import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { AsanaEvent } from '../../contract/events/asana-event.ts';
import { createdAtOf, keyOf, type LoggedEvent } from '../../core/event.ts';
import type { UnreadableEvent, UnreadableReason } from '../../core/unreadable-event.ts';
import { unreadableKeyOf } from '../../core/unreadable-event.ts';
import type { Row } from './registry-key.ts';
import { epochSeconds } from './row.ts';

/** Converts an event to a row. The row depends only on the event, so a repeated delivery writes an identical row. */
export function toEventRow(logged: LoggedEvent, retentionMs: number, now: Date): Row {
  const { eventId, createdAt, webhookGid, connection, watched, event } = logged;
  const { subscription, sortKey } = keyOf(logged);
  const expiresAt = (createdAt ? Date.parse(createdAt) : now.getTime()) + retentionMs;
  return {
    subscription: { S: subscription },
    sortKey: { S: sortKey },
    eventId: { S: eventId },
    webhookGid: { S: webhookGid },
    connection: { S: connection },
    watched: { S: watched },
    event: { S: JSON.stringify(event) },
    expiresAt: { N: epochSeconds(new Date(expiresAt)) },
  };
}

/**
 * Converts an unreadable event to a row. The row has no `event`, so no reader takes it for an event. Its key depends
 * only on the unreadable event, so a repeated delivery writes the same row.
 */
export function toUnreadableRow(unreadable: UnreadableEvent, retentionMs: number, now: Date): Row {
  const { eventId, webhookGid, connection, watched, reason, body } = unreadable;
  const { subscription, sortKey } = unreadableKeyOf(unreadable);
  return {
    subscription: { S: subscription },
    sortKey: { S: sortKey },
    eventId: { S: eventId },
    webhookGid: { S: webhookGid },
    connection: { S: connection },
    watched: { S: watched },
    unreadable: { S: reason },
    ...(body !== undefined && { body: { S: body } }),
    expiresAt: { N: epochSeconds(new Date(now.getTime() + retentionMs)) },
  };
}

/** An attribute of DynamoDB or of its stream. An attribute of the stream has the same members with different types. */
type Attribute = Pick<AttributeValue, 'S'> | { readonly S?: string };

/** Converts a row to an event. @throws Error if the row is not an event. The message does not quote the row. */
export function fromEventRow(row: Readonly<Record<string, Attribute>>): LoggedEvent {
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

const reasons: readonly string[] = ['NotAnObject', 'TooDeep', 'TooLarge'] satisfies UnreadableReason[];

/** Why the row's item could not be stored as an event, or undefined if the row is of another kind. */
export function unreadableReasonOf(row: Readonly<Record<string, Attribute>>): UnreadableReason | undefined {
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

function text(row: Readonly<Record<string, Attribute>>, name: string): string {
  const value = row[name]?.S;
  if (value === undefined) throw new Error(`Cannot read a row of the event log: it has no ${name}`);
  return value;
}
