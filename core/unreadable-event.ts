import type { EventKey } from './event.ts';

/**
 * Why an item of a delivery cannot be stored as an event.
 *
 * - `NotAnObject`: null, a text, a number, true, false or a list.
 * - `TooDeep`: an object with more levels than the functions can write again.
 * - `TooLarge`: an object that does not fit into a row of the event log.
 */
export type UnreadableReason = 'NotAnObject' | 'TooDeep' | 'TooLarge';

/**
 * An item of a delivery that cannot be stored as an event. It is a row of the event log, so that the dispatcher makes a
 * dead letter of it, and so that a repeated delivery makes no second dead letter.
 */
export interface UnreadableEvent {
  readonly subscription: string;
  /** The event id of an object; the hash of any other value. */
  readonly eventId: string;
  readonly webhookGid: string;
  readonly connection: string;
  /** Gid of the resource that the webhook watches. */
  readonly watched: string;
  readonly reason: UnreadableReason;
  /** The item as JSON, absent if it does not fit into a row. It may be too deep for a parser. */
  readonly body?: string;
}

/** Sorts after every event, and outside every range of times. */
const prefix = 'unreadable#';

/** Makes the key of an unreadable event. It is never the key of an event. */
export function unreadableKeyOf({
  subscription,
  eventId,
}: Pick<UnreadableEvent, 'subscription' | 'eventId'>): EventKey {
  return { subscription, sortKey: `${prefix}${eventId}` };
}

/** Whether a key belongs to an unreadable event. */
export function isUnreadableKey({ sortKey }: EventKey): boolean {
  return sortKey.startsWith(prefix);
}
