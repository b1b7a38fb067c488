import { randomUUID } from 'node:crypto';
import { StorageUnavailable } from '../../core/errors.ts';
import type { DeadLetterSink } from '../../core/publishing/ports.ts';
import type { DeadLetter, DeadLetterQueues } from '../../core/redelivery/ports.ts';

type Stored = Omit<DeadLetter, 'receipt'> & { receipt: string; hiddenUntil: number };

export interface MemoryDeadLetters extends DeadLetterQueues, DeadLetterSink {
  readonly stored: Stored[];
  put(letter: Omit<DeadLetter, 'id' | 'receipt' | 'sentAt'>): void;
  /** Whether the queue refuses all messages. */
  isDown: boolean;
  /** Returns whether a call fails. `letter` is absent for a call that reads a queue. */
  fault: (call: 'receive' | 'remove' | 'giveBack', queue: string, letter?: DeadLetter) => boolean;
}

/** Dead-letter queues in memory. The sink adds to the first queue. */
export function createMemoryDeadLetters(
  names: readonly string[],
  now: () => Date = () => new Date(),
): MemoryDeadLetters {
  const find = (receipt: string) => letters.stored.findIndex((letter) => letter.receipt === receipt);
  const check = (call: Parameters<MemoryDeadLetters['fault']>[0], queue: string, letter?: DeadLetter) => {
    if (letters.fault(call, queue, letter)) throw new StorageUnavailable(`Could not ${call} in ${queue}`);
  };
  const letters: MemoryDeadLetters = {
    names,
    stored: [],
    isDown: false,
    fault: () => false,
    put(letter) {
      letters.stored.push({ ...letter, id: randomUUID(), sentAt: now(), receipt: '', hiddenUntil: 0 });
    },
    async add({ key, eventId, cause }) {
      if (letters.isDown) throw new StorageUnavailable('Could not put an event into the dead-letter queue');
      letters.put({ queue: names[0] ?? '', cause, content: { kind: 'event', key, eventId } });
    },
    count: async (queue) => letters.stored.filter((letter) => letter.queue === queue).length,
    async receive(queue, hiddenSeconds) {
      check('receive', queue);
      const isVisible = (letter: Stored) => letter.queue === queue && letter.hiddenUntil <= now().getTime();
      const taken = letters.stored.filter(isVisible).slice(0, 10);
      for (const letter of taken) {
        letter.receipt = randomUUID();
        letter.hiddenUntil = now().getTime() + hiddenSeconds * 1_000;
      }
      return taken.map(({ hiddenUntil: _, ...letter }) => letter);
    },
    async remove(received) {
      check('remove', received.queue, received);
      const index = find(received.receipt);
      // The receipt of an earlier delivery removes nothing.
      if (index >= 0) letters.stored.splice(index, 1);
    },
    async giveBack(received) {
      check('giveBack', received.queue, received);
      const letter = letters.stored[find(received.receipt)];
      if (letter) letter.hiddenUntil = 0;
    },
  };
  return letters;
}
