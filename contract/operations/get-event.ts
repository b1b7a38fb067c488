import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import type { BusDetail } from '../events/bus-event.ts';
import { operation, result } from '../operation.ts';
import { moment, webhookGid } from '../parameters.ts';

export const getEvent = operation({
  name: 'getEvent',
  summary: 'Reads one stored event.',
  changes: false,
  parameters: z.strictObject({
    webhookGid: webhookGid.describe("The webhook's gid, or the subscription."),
    eventId: z
      .string('must be text')
      .regex(/^[A-Za-z0-9_-]{43}$/, 'must be an event id, 43 characters')
      .describe('The event id, `detail.id` on the bus.'),
    createdAt: moment
      .optional()
      .describe(
        "The event's `created_at`. With it the event is read directly; without it the event log is searched.",
      ),
  }),
  result: result<{ readonly data: BusDetail }>(),
  returns: 'The event in the form in which consumers receive it.',
  example: {
    webhookGid: 'sub_OfWmBv2tq0mIXpJ3H5nAfQ',
    eventId: 'yqnWdgBLiUqXyFSSzYIkGRkPiIeC5P5xGJkOEUCFwGU',
    createdAt: '2026-11-23T10:00:00.000Z',
  },
  errors: [...everyOperation, 'WebhookNotFound', 'EventNotFound'],
});
