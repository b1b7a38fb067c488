import type { ParametersOf } from '../../contract/operations.ts';
import { StorageUnavailable } from '../errors.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { DeadLetter } from './ports.ts';
import { queuesOf } from './select-dead-letters.ts';
import type { RedeliveryServices } from './services.ts';

/** The part of the invocation's time that is reserved for showing messages again and returning the result. */
export const answerReserveMs = 8_000;

/** The part of that time in which no further message is shown again. */
const resultReserveMs = 2_000;

/** How many messages are shown again at the same time. */
const giveBackAtOnce = 20;

/** How long a message stays hidden after the end of the invocation, because no two clocks are equal. */
const extraHiddenSeconds = 5;

/** A queue that could not be read. */
export interface UnreadQueue {
  readonly queue: string;
  readonly error: StorageUnavailable;
}

/** The dead letters that this invocation has received. They are hidden from all other receivers. */
export interface ReceivedDeadLetters {
  /**
   * Receives messages, and returns each wanted message once, until the queues seem empty, the limit is
   * reached, or the time is up. A queue that cannot be read is skipped.
   */
  each(): AsyncGenerator<DeadLetter>;
  /** Removes a message from its queue. */
  remove(letter: DeadLetter): Promise<void>;
  /**
   * Shows all messages again that were not removed. A message for which this fails, or for which there is no
   * time, appears again by itself when its hidden time is over.
   */
  giveBack(): Promise<void>;
  /** Whether each() returned every wanted message of the selected queues. */
  readonly isComplete: boolean;
  readonly unread: readonly UnreadQueue[];
}

/**
 * Receives the dead letters of the queues that a filter selects. Only messages for which `isWanted` returns true
 * count towards the filter's limit.
 */
export function receiveDeadLetters(
  filter: ParametersOf<'listDeadLetters'>,
  isWanted: (letter: DeadLetter) => boolean,
  services: Pick<RedeliveryServices, 'deadLetters' | 'time'>,
): ReceivedDeadLetters {
  const { deadLetters, time } = services;
  const held = new Map<string, DeadLetter>();
  const removed = new Set<string>();
  const unread: UnreadQueue[] = [];
  let isComplete = true;
  let room = filter.limit;

  /** Holds received messages. Returns the messages that were not received before. */
  async function hold(letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]> {
    const added = letters.filter(({ id }) => !held.has(id) && !removed.has(id));
    for (const letter of letters) {
      // SQS can deliver a message again after its removal (SQS developer guide, "At-least-once delivery").
      if (removed.has(letter.id)) await ignoreFailure(deadLetters.remove(letter));
      // Only the receipt of the last delivery is valid.
      else held.set(letter.id, letter);
    }
    return added;
  }

  async function receive(queue: string): Promise<readonly DeadLetter[]> {
    try {
      return await deadLetters.receive(queue, hiddenSeconds(time));
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error;
      unread.push({ queue, error });
      isComplete = false;
      return [];
    }
  }

  return {
    async *each() {
      for (const queue of queuesOf(filter, deadLetters)) {
        for (;;) {
          if (time.isUp(answerReserveMs)) {
            isComplete = false;
            return;
          }
          const letters = await receive(queue);
          if (letters.length === 0) break;
          for (const letter of (await hold(letters)).filter(isWanted)) {
            // The messages that were just received can take long, so each message is begun only in time.
            if (room === 0 || time.isUp(answerReserveMs)) {
              isComplete = false;
              return;
            }
            room -= 1;
            yield letter;
          }
        }
      }
    },

    async remove(letter) {
      await deadLetters.remove(held.get(letter.id) ?? letter);
      held.delete(letter.id);
      removed.add(letter.id);
    },

    async giveBack() {
      const letters = [...held.values()];
      while (letters.length > 0 && !time.isUp(resultReserveMs)) {
        const some = letters.splice(0, giveBackAtOnce);
        await Promise.all(some.map((letter) => ignoreFailure(deadLetters.giveBack(letter))));
      }
    },

    get isComplete() {
      return isComplete;
    },
    unread,
  };
}

/** A message stays hidden until the invocation has ended, so that no other invocation sends it meanwhile. */
function hiddenSeconds(time: TimeBudget): number {
  return Math.ceil(time.leftMs() / 1_000) + extraHiddenSeconds;
}

async function ignoreFailure(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof StorageUnavailable)) throw error;
  }
}
