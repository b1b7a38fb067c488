import { createHash } from 'node:crypto';
import type { AsanaEvent } from '../contract/events/asana-event.ts';

/** One event as the event log stores it. */
export interface LoggedEvent {
  readonly subscription: string;
  readonly eventId: string;
  /** Asana's `created_at`; absent if the event has no valid `created_at`. */
  readonly createdAt?: string;
  readonly webhookGid: string;
  readonly connection: string;
  /** Gid of the resource that the webhook watches. */
  readonly watched: string;
  readonly event: AsanaEvent;
}

/**
 * An ISO 8601 time with up to nine decimals; Asana writes milliseconds. Its length is bounded, because it is
 * part of a key.
 */
const createdAtForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** The event's `created_at`, or undefined if it is not a valid time. */
export function createdAtOf(event: AsanaEvent): string | undefined {
  const value = event.created_at;
  if (typeof value !== 'string' || !createdAtForm.test(value)) return undefined;
  return Number.isNaN(Date.parse(value)) ? undefined : value;
}

/** The key of an event in the event log. */
export interface EventKey {
  readonly subscription: string;
  /** Sorts by time, then by event id. An event without a time sorts after all others. */
  readonly sortKey: string;
}

/** Makes the key of an event. All times are written in the same format, so that keys sort by time. */
export function keyOf(event: Pick<LoggedEvent, 'subscription' | 'createdAt' | 'eventId'>): EventKey {
  const { subscription, createdAt, eventId } = event;
  const time = createdAt === undefined ? 'unknown' : new Date(createdAt).toISOString();
  return { subscription, sortKey: `${time}#${eventId}` };
}

/**
 * The event id: SHA-256, base64url, over the members that identify the event.
 *
 * Asana gives events no id. The hash covers only members that are in an event both from a webhook and from
 * the Events API, so the same event has the same id on every path. Names, `type`, subtypes and members that
 * an expansion adds are left out. An event without a resource (the legacy `sync_error`) is hashed whole, with
 * sorted keys.
 */
export function eventIdOf(event: AsanaEvent): string {
  const resource = member(event, 'resource');
  const identity = gidOf(resource) === null ? sorted(event) : identityOf(event, resource);
  return createHash('sha256').update(JSON.stringify(identity)).digest('base64url');
}

function identityOf(event: AsanaEvent, resource: unknown): readonly unknown[] {
  const change = member(event, 'change');
  const values = ['new_value', 'added_value', 'removed_value'].map((name) => member(change, name));
  return [
    gidOf(member(event, 'user')),
    plain(event.created_at),
    plain(event.action),
    plain(member(resource, 'resource_type')),
    gidOf(resource),
    gidOf(member(event, 'parent')),
    plain(member(change, 'field')),
    plain(member(change, 'action')),
    ...values.map(gidOf),
    ...values.map((value) => gidOf(member(value, 'enum_value'))),
  ];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function gidOf(value: unknown): string | null {
  return plain(member(value, 'gid'));
}

function plain(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, inner]) => [name, sorted(inner)]));
}
