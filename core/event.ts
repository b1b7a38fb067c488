import type { AsanaEvent } from '../contract/events/asana-event.ts';
import { canonicalHash, gidOf, member, textOf } from './canonical.ts';
import { sha256 } from './sha256.ts';

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

// An offset can move a time out of the years with four digits, whose keys sort by time.
const firstTime = Date.parse('0000-01-01T00:00:00Z');
const lastTime = Date.parse('9999-12-31T23:59:59.999Z');

/** The event's `created_at`, or undefined if it is not a valid time. */
export function createdAtOf(event: AsanaEvent): string | undefined {
  const value = event.created_at;
  if (typeof value !== 'string' || !createdAtForm.test(value)) return undefined;
  const time = Date.parse(value);
  return time >= firstTime && time <= lastTime ? value : undefined;
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
  const time = createdAt === undefined ? 'unknown' : inMilliseconds(createdAt);
  return { subscription, sortKey: `${time}#${eventId}` };
}

/** Writes a time in UTC with milliseconds, as Asana does. Asana promises no more than milliseconds. */
function inMilliseconds(createdAt: string): string {
  return new Date(createdAt).toISOString();
}

/**
 * The event id: SHA-256, base64url, over the members that identify the event.
 *
 * Asana gives events no id. The hash covers only members that are in an event both from a webhook and from
 * the Events API, so the same event has the same id on every path. The names and types of objects with a gid are left
 * out, and so are members that an expansion adds. An event without a readable time, without a resource (the legacy
 * `sync_error`), or with an unknown form of `change` is hashed whole.
 */
export function eventIdOf(event: AsanaEvent): string {
  const createdAt = createdAtOf(event);
  const time = createdAt === undefined ? undefined : inMilliseconds(createdAt);
  const { user, action, resource, parent, change } = event as Readonly<Record<string, unknown>>;
  const gid = gidOf(resource);
  if (time === undefined || gid === null || Array.isArray(change) || typeof (change ?? {}) !== 'object') {
    // The Events API adds `type` to every event.
    return canonicalHash({ ...event, type: undefined, created_at: time ?? event.created_at });
  }
  const values = ['new_value', 'added_value', 'removed_value'].map((name) => member(change, name));
  const identity = [
    identifying(user),
    time,
    text(action),
    text(member(resource, 'resource_type')),
    gid,
    identifying(parent),
    text(member(change, 'field')),
    text(member(change, 'action')),
    ...values.map(identifying),
    ...values.map((value) => identifying(member(value, 'enum_value'))),
  ];
  return sha256(JSON.stringify(identity));
}

/** A value in the identity of an event: a gid or a name as text, any other value as its hash. */
type Identifying = string | { readonly hash: string } | null;

/** The gid of a value. A value without a gid (a project with a section, a list, a text) is identified as a whole. */
function identifying(value: unknown): Identifying {
  return gidOf(value) ?? whole(value);
}

function text(value: unknown): Identifying {
  return textOf(value) ?? whole(value);
}

function whole(value: unknown): Identifying {
  return value === undefined || value === null ? null : { hash: canonicalHash(value) };
}
