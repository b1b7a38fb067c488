import * as z from 'zod';
import { asanaEvent } from './asana-event.ts';
import { eventSource } from './source.ts';

/** The `detail` of every event on the bus. */
export const busDetail = z.looseObject({
  /**
   * The event id. It is the same each time the event arrives, on every path. If two subscriptions receive the event,
   * both have this id. Use it together with `subscription` to handle an event once.
   */
  id: z.string(),
  /** The subscription that the event belongs to. A subscription outlives its webhooks. */
  subscription: z.string(),
  webhook: z.looseObject({
    gid: z.string(),
    /** Gid of the resource that the webhook watches. */
    resource: z.string(),
    connection: z.string(),
  }),
  /** The event as Asana sent it. If there is a `pointer`, only the members that identify the event. */
  event: asanaEvent,
  /** The key of the whole event in the event log, if the event is too large for the bus. */
  pointer: z.looseObject({ subscription: z.string(), sortKey: z.string() }).optional(),
  /** Present when a replay sent the event again. */
  replay: z.looseObject({ id: z.string(), at: z.string() }).optional(),
  /** The only consumer that receives the event; absent if every consumer receives it. */
  consumer: z.string().optional(),
});

/** An event on the bus, as EventBridge delivers it to targets. */
export const busEvent = z.looseObject({
  /** EventBridge's own id. It is new each time the event is put on the bus. */
  id: z.string(),
  source: z.literal(eventSource),
  /** `<resource_type>.<action>`, for example `task.changed`. */
  'detail-type': z.string(),
  /** When it happened at Asana. */
  time: z.string(),
  detail: busDetail,
});

export type BusDetail = z.output<typeof busDetail>;
export type BusEvent = z.output<typeof busEvent>;

/**
 * Parses an event of the bus.
 *
 * @throws ZodError that names the missing or wrong members.
 */
export function parseBusEvent(value: unknown): BusEvent {
  return busEvent.parse(value);
}
