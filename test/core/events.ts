import { eventIdOf, type LoggedEvent } from '../../core/event.ts';
import type { UnreadableEvent } from '../../core/unreadable-event.ts';

export const subscription = 'sub_AAAAAAAAAAAAAAAAAAAAAA';
export const noon = new Date('2026-11-23T12:00:00.000Z');

/** Returns a logged event. Its number makes it unique and is also its second after noon. */
export function loggedEvent(number: number, changes: Partial<LoggedEvent> = {}): LoggedEvent {
  const createdAt = new Date(noon.getTime() + number * 1_000).toISOString();
  const event = {
    user: { gid: '12', resource_type: 'user' },
    created_at: createdAt,
    action: 'changed',
    resource: { gid: `${1_000 + number}`, resource_type: 'task', resource_subtype: 'default_task' },
    parent: null,
    change: { field: 'due_on', action: 'changed' },
    ...(changes.event as object | undefined),
  };
  return {
    subscription,
    connection: 'default',
    webhookGid: '77',
    watched: '55',
    createdAt,
    ...changes,
    event,
    eventId: changes.eventId ?? eventIdOf(event),
  };
}

/** Returns an unreadable event. Its number makes it unique. */
export function unreadableEvent(number: number, changes: Partial<UnreadableEvent> = {}): UnreadableEvent {
  return {
    subscription,
    connection: 'default',
    webhookGid: '77',
    watched: '55',
    eventId: `unreadable-${number}`,
    reason: 'NotAnObject',
    body: `${number}`,
    ...changes,
  };
}

export function loggedEvents(count: number, changes: Partial<LoggedEvent> = {}): readonly LoggedEvent[] {
  return Array.from({ length: count }, (_, index) => loggedEvent(index, changes));
}
