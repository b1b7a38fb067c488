import type { EventKey } from '../event.ts';

/** An event that has its own message in the dispatcher's queue now. */
export interface OwnLetter {
  readonly key: EventKey;
  /** Why the event could not be sent. */
  readonly why: string;
}

/** The outcome of sending one dead letter again. */
export interface Redelivery {
  /** The number of its events that were put on the bus. */
  readonly sent: number;
  /** The events that were not put on the bus, and have their own messages now. */
  readonly ownLetters: readonly OwnLetter[];
  /**
   * Why the message must stay in its queue. If absent, the message can be removed: each of its events is on the
   * bus or has its own message.
   */
  readonly stays?: string;
}

/** The outcome if a message must stay and nothing of it was sent. */
export function stays(why: string): Redelivery {
  return { sent: 0, ownLetters: [], stays: why };
}

/** Reasons that apply to several kinds of messages. */
export const reasons = {
  unreadable: 'the row in the event log cannot be parsed',
  undeliverable: (cause: string) =>
    `Asana sent an event that cannot be delivered: ${cause}. The row in the event log contains its body, if the body fits`,
  refused: (cause: string) => `the bus refuses it again: ${cause}`,
  notNow: (cause: string | undefined) =>
    cause === undefined
      ? 'there was no time to send it: call again'
      : `the bus does not accept it now (${cause}): call again`,
};
