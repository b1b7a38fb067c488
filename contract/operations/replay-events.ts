import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { chosenName, eventFilter, isInOrder, outOfOrder, plan, upTo } from '../parameters.ts';

/** What a replay would send. */
export interface ReplayPlan {
  readonly events: number;
  /** `created_at` of the earliest and the latest of these events; null if there is none. */
  readonly from: string | null;
  readonly to: string | null;
  /** Whether the event log was read to the end. If not, there may be more events. */
  readonly isComplete: boolean;
}

/** The progress of a replay. */
export interface ReplayProgress {
  readonly replayId: string;
  /**
   * - `done`: every event was sent.
   * - `paused`: events are left; call again with this replayId.
   * - `running`: another invocation is working on it.
   */
  readonly status: 'done' | 'paused' | 'running';
  /** When the replay began. Its events carry this time as `replay.at`. */
  readonly at: string;
  readonly sent: number;
  /** The number of events that the bus refuses permanently. */
  readonly refused: number;
}

/** A plan has no `status`. */
export interface Replayed {
  readonly data: ReplayPlan | ReplayProgress;
}

export const replayEvents = operation({
  name: 'replayEvents',
  summary:
    'Sends stored events to the bus again, at a bounded rate. Repeat the call until its status is `done`.',
  changes: true,
  parameters: z
    .strictObject({
      ...eventFilter,
      consumer: chosenName
        .optional()
        .describe('The only consumer that receives the events. Default: all consumers.'),
      eventsPerSecond: upTo(500).default(100).describe('The maximum number of events sent per second.'),
      replayId: chosenName.optional().describe('The id of the replay to continue. Default: a new id.'),
      plan,
    })
    .refine(isInOrder, outOfOrder),
  result: result<Replayed>(),
  returns:
    'With `plan`, the number of events that would be sent and the time that they cover. Otherwise `status` (`done`, `paused` or `running`), the replayId, and the numbers of sent and refused events.',
  example: { from: '2026-11-23T10:00:00Z', consumer: 'billing', plan: true },
  errors: [
    ...everyOperation,
    'WebhookNotFound',
    'UnknownConsumer',
    'ReplayIdReused',
    'ReplayTakenOver',
    'EventBusUnavailable',
  ],
});
