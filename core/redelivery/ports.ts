import type { EventKey, LoggedEvent } from '../event.ts';
import type { BusEntry } from '../publishing/bus-entry.ts';

/** Some of a subscription's events, by time. Bounds are inclusive; events without a time are behind all others. */
export interface EventRange {
  readonly subscription: string;
  readonly from?: Date;
  readonly to?: Date;
  /** Begins behind this sort key, in the order in which it is read. */
  readonly after?: string;
  /** Reads backwards, beginning with the newest event. */
  readonly newestFirst?: boolean;
  readonly limit: number;
}

/** Reads the event log. Failures throw StorageUnavailable. */
export interface EventReader {
  /** A page of events in order; rows that are no events are left out. `last` is the sort key to go on behind, absent where the range ends. */
  page(range: EventRange): Promise<{ readonly events: readonly LoggedEvent[]; readonly last?: string }>;
  /** The event at this key. Read consistently. @throws Error where the row is no event */
  get(key: EventKey): Promise<LoggedEvent | undefined>;
}

/** A place among the events: in a subscription, and there behind a sort key, or at its beginning. */
export interface EventPosition {
  readonly subscription: string;
  readonly sortKey?: string;
}

/** The state of a replay, as it is kept between invocations. */
export interface ReplayState {
  readonly id: string;
  /** Identifies the parameters, so that an id used for something else is noticed. */
  readonly fingerprint: string;
  /** When it began. */
  readonly at: Date;
  readonly isDone: boolean;
  /** Everything up to here is sent; where there is no sort key, everything in earlier subscriptions. */
  readonly position?: EventPosition;
  readonly sent: number;
  /** Events that the bus will never take. */
  readonly refused: number;
  /** Until then an invocation may be at work. */
  readonly leaseEndsAt: Date;
  /** Changes with every write, so that of two writers one notices. */
  readonly version: number;
  /** When the replay is forgotten. */
  readonly expiresAt: Date;
}

/** Remembers replays. Failures throw StorageUnavailable. */
export interface Replays {
  find(id: string): Promise<ReplayState | undefined>;
  /**
   * Writes a state where the stored one still has `previousVersion`, or there is none and it is undefined.
   * Answers false, and changes nothing, otherwise.
   */
  save(state: ReplayState, previousVersion: number | undefined): Promise<boolean>;
}

/** The records of a stream that Lambda gave up on. */
export interface StreamRange {
  readonly streamArn: string;
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
}

/** The event log's stream, which holds records for 24 hours (DynamoDB developer guide, "Streams"). */
export interface EventStream {
  /**
   * The new events in a range, or `expired` where the stream does not have them any more.
   *
   * @throws Error where a row is no event.
   */
  read(range: StreamRange): Promise<readonly LoggedEvent[] | 'expired'>;
}

/** What a dead letter holds. */
export type DeadLetterContent =
  | { readonly kind: 'event'; readonly key: EventKey; readonly eventId: string }
  | { readonly kind: 'stream'; readonly range: StreamRange; readonly records: number }
  | { readonly kind: 'bus'; readonly entry: BusEntry }
  | { readonly kind: 'unreadable' };

/** A message of a dead-letter queue. It is hidden from others while we have it. */
export interface DeadLetter {
  /** The name of its queue: `dispatcher`, or that of a consumer. */
  readonly queue: string;
  /** By which the queue knows that we have it. */
  readonly receipt: string;
  readonly cause: string;
  readonly sentAt: Date;
  readonly content: DeadLetterContent;
}

/** The dead-letter queues, of the dispatcher and of every consumer. Failures throw StorageUnavailable. */
export interface DeadLetterQueues {
  readonly names: readonly string[];
  /** About how many messages a queue holds. */
  count(queue: string): Promise<number>;
  /** Up to ten messages, hidden for `hiddenSeconds`; none where the queue seems empty. */
  receive(queue: string, hiddenSeconds: number): Promise<readonly DeadLetter[]>;
  remove(letter: DeadLetter): Promise<void>;
  /** Shows a message again. */
  giveBack(letter: DeadLetter): Promise<void>;
}

/** The registry as far as it tells whose events there are. Failures throw StorageUnavailable. */
export interface SubscriptionLookup {
  /** The webhook with this gid. */
  findByGid(webhookGid: string): Promise<{ readonly subscription: string } | undefined>;
  /** Every subscription that some webhook in the registry has, or had while its row is kept. */
  subscriptions(): Promise<readonly string[]>;
}
