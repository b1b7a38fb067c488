import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import type { BusDetail } from '../events/bus-event.ts';
import { operation, result } from '../operation.ts';
import { eventFilter, flag, isInOrder, outOfOrder, shortText, upTo } from '../parameters.ts';

/** A page of events, in the form in which consumers get them. */
export interface EventPage {
  readonly data: readonly BusDetail[];
  /** To go on with; null at the end. */
  readonly nextToken: string | null;
}

export const listEvents = operation({
  name: 'listEvents',
  summary: 'Lists stored events: subscription by subscription and within each by time, or the newest first.',
  changes: false,
  parameters: z
    .strictObject({
      ...eventFilter,
      newestFirst: flag
        .optional()
        .describe(
          'Lists the newest events first, of all subscriptions together. Events without a time come first.',
        ),
      limit: upTo(1_000).default(100).describe('How many events a page has, at most.'),
      nextToken: shortText(2_048).optional().describe('Where the page before ended: its `nextToken`.'),
    })
    .refine(isInOrder, outOfOrder),
  result: result<EventPage>(),
  returns: 'Events in the form in which consumers get them, and `nextToken`, which is null at the end.',
  example: { from: '2026-11-23T10:00:00Z', action: 'changed' },
  errors: [...everyOperation, 'WebhookNotFound'],
});
