import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import type { BusDetail } from '../events/bus-event.ts';
import { operation, result } from '../operation.ts';
import { eventFilter, flag, isInOrder, outOfOrder, shortText, upTo } from '../parameters.ts';

/** A page of events, in the form in which consumers receive them. */
export interface EventPage {
  readonly data: readonly BusDetail[];
  /** The position at which the next page begins; null on the last page. */
  readonly nextToken: string | null;
}

export const listEvents = operation({
  name: 'listEvents',
  summary: 'Lists stored events, either per subscription in order of time, or the newest first.',
  changes: false,
  parameters: z
    .strictObject({
      ...eventFilter,
      newestFirst: flag
        .optional()
        .describe(
          'Lists the newest events of all subscriptions first. Events without a time come before all others.',
        ),
      limit: upTo(1_000).default(100).describe('The maximum number of events per page.'),
      nextToken: shortText(2_048)
        .optional()
        .describe('Where the page begins: the `nextToken` of the previous page.'),
    })
    .refine(isInOrder, outOfOrder),
  result: result<EventPage>(),
  returns:
    'Events in the form in which consumers receive them, and `nextToken`, which is null on the last page.',
  example: { from: '2026-11-23T10:00:00Z', action: 'changed' },
  errors: [...everyOperation, 'WebhookNotFound'],
});
