import type { EventKey, LoggedEvent } from '../event.ts';
import type { BusEntry } from '../publishing/bus-entry.ts';
import type { StreamedRow } from '../publishing/ports.ts';
import type { TimeBudget } from '../time-budget.ts';

/**
 * A range of a subscription's events, by time. Bounds are inclusive. Events without a time sort after all
 * others.
 */
export interface EventRange {
  readonly subscription: string;
  readonly from?: Date;
  readonly to?: Date;
  /** Begins after this sort key, in the direction of reading. */
  readonly after?: string;
  /** Reads backwards, beginning with the newest event. */
  readonly newestFirst?: boolean;
  readonly limit: number;
}

/** Reads the event log. Failures throw StorageUnavailable. */
export interface EventReader {
  /**
   * A page of events in order, without unreadable events and rows that cannot be parsed as events. `last` is the sort key after
   * which the next page begins; absent at the end of the range.
   */
  page(range: EventRange): Promise<{ readonly events: readonly LoggedEvent[]; readonly last?: string }>;
  /** The event at this key, read consistently. @throws Error if the row cannot be parsed as an event */
  get(key: EventKey): Promise<LoggedEvent | undefined>;
}

/** A position among the events: after a sort key of a subscription, or at the subscription's beginning. */
export interface EventPosition {
  readonly subscription: string;
  readonly sortKey?: string;
}

/** The state of a replay, as it is stored between invocations. */
export interface ReplayState {
  readonly id: string;
  /** Identifies the parameters, so that the use of an id with other parameters is noticed. */
  readonly fingerprint: string;
  /** When it began. */
  readonly at: Date;
  readonly isDone: boolean;
  /** Every event up to this position was sent. Without a sort key: every event of earlier subscriptions. */
  readonly position?: EventPosition;
  readonly sent: number;
  /** The number of events that the bus refuses permanently. */
  readonly refused: number;
  /** Until then, an invocation may be working on the replay. */
  readonly leaseEndsAt: Date;
  /** Changes with every write, so that one of two concurrent writers fails. */
  readonly version: number;
  /** When the state expires. */
  readonly expiresAt: Date;
}

/** Stores the states of replays. Failures throw StorageUnavailable. */
export interface Replays {
  find(id: string): Promise<ReplayState | undefined>;
  /**
   * Writes a state if the stored state still has `previousVersion`. If `previousVersion` is undefined, writes
   * the state if none is stored. Otherwise returns false and changes nothing.
   */
  save(state: ReplayState, previousVersion: number | undefined): Promise<boolean>;
}

/** A range of stream records that Lambda gave up on. */
export interface StreamRange {
  readonly streamArn: string;
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
}

/**
 * What the stream has of a range.
 *
 * - `read`: the range was read to its end. `records` is the number of its records of any kind: the stream also
 *   has records for changed and deleted rows.
 * - `expired`: the stream no longer has the range, or a part of it.
 * - `unfinished`: the end of the range was not reached in time, or the stream throttled the reading.
 */
export type StreamReading =
  | { readonly kind: 'read'; readonly rows: readonly StreamedRow[]; readonly records: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unfinished' };

/**
 * The event log's stream, which holds records for 24 hours (DynamoDB developer guide, "Streams"). Failures
 * throw StorageUnavailable.
 */
export interface EventStream {
  /** Reads the new rows in a range, until `time` is up. */
  read(range: StreamRange, time: TimeBudget): Promise<StreamReading>;
}

/** The content of a dead letter. */
export type DeadLetterContent =
  | { readonly kind: 'event'; readonly key: EventKey; readonly eventId: string }
  /** `records` is the number of records that Lambda gave up on; 0 if the message does not contain it. */
  | { readonly kind: 'stream'; readonly range: StreamRange; readonly records: number }
  | { readonly kind: 'bus'; readonly entry: BusEntry }
  | { readonly kind: 'unreadable' };

/**
 * A message of a dead-letter queue that this invocation has received. Until then it is hidden from other
 * receivers.
 */
export interface DeadLetter {
  /** Identifies the message in its queue. A queue can deliver a message twice, each time with another receipt. */
  readonly id: string;
  /** The name of its queue: `dispatcher`, or the name of a consumer. */
  readonly queue: string;
  /** The receipt handle, with which the message is removed or shown again. */
  readonly receipt: string;
  readonly cause: string;
  readonly sentAt: Date;
  readonly content: DeadLetterContent;
}

/** The dead-letter queues, of the dispatcher and of every consumer. Failures throw StorageUnavailable. */
export interface DeadLetterQueues {
  readonly names: readonly string[];
  /** The approximate number of messages in a queue. */
  count(queue: string): Promise<number>;
  /** Up to ten messages, hidden for `hiddenSeconds`; none if the queue seems empty. */
  receive(queue: string, hiddenSeconds: number): Promise<readonly DeadLetter[]>;
  remove(letter: DeadLetter): Promise<void>;
  /** Shows a hidden message again. */
  giveBack(letter: DeadLetter): Promise<void>;
}

/** The part of the registry that finds subscriptions. Failures throw StorageUnavailable. */
export interface SubscriptionLookup {
  /** The webhook with this gid. */
  findByGid(webhookGid: string): Promise<{ readonly subscription: string } | undefined>;
  /**
   * Every subscription of the webhooks in the registry, including deleted webhooks whose row is still kept.
   */
  subscriptions(): Promise<readonly string[]>;
}
