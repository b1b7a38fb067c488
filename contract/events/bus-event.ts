import * as z from 'zod';
import { asanaEvent } from './asana-event.ts';
import { eventSource } from './source.ts';

/** What stands in `detail` of every event on the bus. */
export const busDetail = z.looseObject({
  /** The event id: the same however often, and by whatever way, the event comes. Use it to handle an event once. */
  id: z.string(),
  /** Whose event it is. Outlives any one webhook. */
  subscription: z.string(),
  webhook: z.looseObject({
    gid: z.string(),
    /** Gid of the resource that the webhook watches. */
    resource: z.string(),
    connection: z.string(),
  }),
  /** As Asana sent it; where there is a `pointer`, only what identifies it. */
  event: asanaEvent,
  /** Where the whole event stands in the event log, when it is too large for the bus. */
  pointer: z.looseObject({ subscription: z.string(), sortKey: z.string() }).optional(),
  /** Present when a replay sent the event again. */
  replay: z.looseObject({ id: z.string(), at: z.string() }).optional(),
  /** The one consumer that the event is meant for; absent where it is for all. */
  consumer: z.string().optional(),
});

/** An event on the bus, as targets get it from EventBridge. */
export const busEvent = z.looseObject({
  /** EventBridge's own id, a new one each time the event is put on the bus. */
  id: z.string(),
  source: z.literal(eventSource),
  /** `<resource_type>.<action>`, as in `task.changed`. */
  'detail-type': z.string(),
  /** When it happened at Asana. */
  time: z.string(),
  detail: busDetail,
});

export type BusDetail = z.output<typeof busDetail>;
export type BusEvent = z.output<typeof busEvent>;

/**
 * Reads an event of the bus.
 *
 * @throws ZodError naming what is missing, where it is none.
 */
export function parseBusEvent(value: unknown): BusEvent {
  return busEvent.parse(value);
}
