import type { AsanaEvent } from '../../contract/events/asana-event.ts';
import type { BusDetail } from '../../contract/events/bus-event.ts';
import { eventSource } from '../../contract/events/source.ts';
import { keyOf, type LoggedEvent } from '../event.ts';

/** One event in the form in which it is put on the bus. */
export interface BusEntry {
  readonly eventId: string;
  /** `<resource_type>.<action>`, for example `task.changed`. */
  readonly detailType: string;
  /** When it happened at Asana, if the event has a time. */
  readonly time?: Date;
  /** The contract's BusDetail as JSON. */
  readonly detail: string;
}

/** The replay that sends an event again, and the only consumer that receives it. Both are optional. */
export type Occasion = Pick<BusDetail, 'replay' | 'consumer'>;

/**
 * The maximum bytes of one PutEvents request, and so of one entry. The API reference specifies "less than 256
 * KB" for both. AWS has since raised the limit to 1 MB, but not in every region and not for every target
 * behind the bus. The envelope that EventBridge adds to an entry must fit, too.
 */
export const maxRequestBytes = 250 * 1024;

/** The maximum length of a text in a summary. A longer text is not a name or a gid. */
const maxSummaryText = 256;

/**
 * The entry for an event. If the event is too large for the bus: a summary with a pointer to the whole event.
 */
export function toBusEntry(logged: LoggedEvent, occasion: Occasion = {}): BusEntry {
  const whole = entryWith(logged, detailOf(logged, occasion));
  if (sizeOf(whole) <= maxRequestBytes) return whole;
  const summary = {
    ...detailOf(logged, occasion),
    event: summaryOf(logged.event),
    pointer: { ...keyOf(logged) },
  };
  return entryWith(logged, summary);
}

/** The `detail` of an event, as consumers receive it. */
export function detailOf(logged: LoggedEvent, occasion: Occasion = {}): BusDetail {
  const { eventId, subscription, webhookGid, watched, connection, event } = logged;
  return {
    id: eventId,
    subscription,
    webhook: { gid: webhookGid, resource: watched, connection },
    event,
    ...(occasion.replay && { replay: occasion.replay }),
    ...(occasion.consumer !== undefined && { consumer: occasion.consumer }),
  };
}

/** An entry's size as EventBridge counts it (user guide, "Calculating PutEvents event entry size"). */
export function sizeOf({ detailType, detail }: BusEntry): number {
  return 14 + Buffer.byteLength(eventSource) + Buffer.byteLength(detailType) + Buffer.byteLength(detail);
}

function entryWith(logged: LoggedEvent, detail: BusDetail): BusEntry {
  return {
    eventId: logged.eventId,
    detailType: detailTypeOf(logged.event),
    time: logged.createdAt === undefined ? undefined : new Date(logged.createdAt),
    detail: JSON.stringify(detail),
  };
}

/**
 * EventBridge accepts detail types of up to 128 characters. A part without a usable name becomes `unknown`.
 */
function detailTypeOf({ resource, action }: AsanaEvent): string {
  const { resource_type: type } = (resource ?? {}) as { readonly resource_type?: unknown };
  return [type, action]
    .map((part) => (typeof part === 'string' && /^[\w-]{1,60}$/.test(part) ? part : 'unknown'))
    .join('.');
}

/** The members that identify an event and that rules select by, without long texts. */
function summaryOf(event: AsanaEvent): AsanaEvent {
  return pick(event, {
    user: { gid: {}, resource_type: {} },
    created_at: {},
    action: {},
    resource: { gid: {}, resource_type: {}, resource_subtype: {} },
    parent: { gid: {}, resource_type: {}, resource_subtype: {} },
    change: { field: {}, action: {} },
  });
}

interface Shape {
  readonly [name: string]: Shape;
}

function pick(value: object, shape: Shape): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(shape)) {
    const member = (value as Record<string, unknown>)[name];
    if (member === null || (typeof member === 'string' && member.length <= maxSummaryText)) {
      picked[name] = member;
    } else if (typeof member === 'object' && !Array.isArray(member)) {
      picked[name] = pick(member as object, inner);
    }
  }
  return picked;
}
