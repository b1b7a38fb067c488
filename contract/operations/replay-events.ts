import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { chosenName, eventFilter, isInOrder, outOfOrder, plan, upTo } from '../parameters.ts';

/** What a replay would send. */
export interface ReplayPlan {
  readonly events: number;
  /** `created_at` of the earliest and the latest of them; null where there is none. */
  readonly from: string | null;
  readonly to: string | null;
  /** Whether the event log was read to the end; where it was not, there are more. */
  readonly isComplete: boolean;
}

/** How far a replay has come. */
export interface ReplayProgress {
  readonly replayId: string;
  /**
   * - `done`: every event is sent.
   * - `paused`: there is more; call again with this replayId.
   * - `running`: another invocation is at work on it.
   */
  readonly status: 'done' | 'paused' | 'running';
  /** When the replay began: the `at` that its events carry. */
  readonly at: string;
  readonly sent: number;
  /** Events that the bus refuses for what they are. */
  readonly refused: number;
}

/** A plan has no `status`. */
export interface Replayed {
  readonly data: ReplayPlan | ReplayProgress;
}

export const replayEvents = operation({
  name: 'replayEvents',
  summary: 'Sends stored events to the bus once more, at a bounded rate. Call it until its status is `done`.',
  changes: true,
  parameters: z
    .strictObject({
      ...eventFilter,
      consumer: chosenName.optional().describe('The one consumer that gets the events. Default: all.'),
      eventsPerSecond: upTo(500).default(100).describe('How many events are sent in a second, at most.'),
      replayId: chosenName.optional().describe('Names the replay, to continue it. Default: a new one.'),
      plan,
    })
    .refine(isInOrder, outOfOrder),
  result: result<Replayed>(),
  returns:
    'With `plan`, how many events of which time would be sent. Otherwise `status` (`done`, `paused` or `running`), the replayId, and how many were sent and refused.',
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
