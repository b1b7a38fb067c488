import { randomUUID } from 'node:crypto';
import { StorageUnavailable } from '../../core/errors.ts';
import type { DeadLetterSink } from '../../core/publishing/ports.ts';
import type { DeadLetter, DeadLetterQueues } from '../../core/redelivery/ports.ts';

type Stored = Omit<DeadLetter, 'receipt'> & { receipt: string; hiddenUntil: number };

export interface MemoryDeadLetters extends DeadLetterQueues, DeadLetterSink {
  readonly stored: Stored[];
  put(letter: Omit<DeadLetter, 'receipt' | 'sentAt'>): void;
  /** Whether the queue refuses all messages. */
  isDown: boolean;
}

/** Dead-letter queues in memory. The sink adds to the first queue. */
export function createMemoryDeadLetters(
  names: readonly string[],
  now: () => Date = () => new Date(),
): MemoryDeadLetters {
  const find = (receipt: string) => letters.stored.findIndex((letter) => letter.receipt === receipt);
  const letters: MemoryDeadLetters = {
    names,
    stored: [],
    isDown: false,
    put: (letter) => void letters.stored.push({ ...letter, sentAt: now(), receipt: '', hiddenUntil: 0 }),
    async add({ key, eventId, cause }) {
      if (letters.isDown) throw new StorageUnavailable('Could not put an event into the dead-letter queue');
      letters.put({ queue: names[0] ?? '', cause, content: { kind: 'event', key, eventId } });
    },
    count: async (queue) => letters.stored.filter((letter) => letter.queue === queue).length,
    async receive(queue, hiddenSeconds) {
      const isVisible = (letter: Stored) => letter.queue === queue && letter.hiddenUntil <= now().getTime();
      const taken = letters.stored.filter(isVisible).slice(0, 10);
      for (const letter of taken) {
        letter.receipt = randomUUID();
        letter.hiddenUntil = now().getTime() + hiddenSeconds * 1_000;
      }
      return taken.map(({ hiddenUntil: _, ...letter }) => letter);
    },
    async remove({ receipt }) {
      letters.stored.splice(find(receipt), 1);
    },
    async giveBack({ receipt }) {
      const letter = letters.stored[find(receipt)];
      if (letter) letter.hiddenUntil = 0;
    },
  };
  return letters;
}
