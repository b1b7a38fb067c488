import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { StorageUnavailable } from '../errors.ts';
import type { EventKey } from '../event.ts';
import type { DeadLetter } from './ports.ts';
import { type ReceivedDeadLetters, receiveDeadLetters } from './receive-dead-letters.ts';
import { redriveLetter } from './redrive-letter.ts';
import { isMeant } from './select-dead-letters.ts';
import type { RedeliveryServices } from './services.ts';

type Redriven = ResultOf<'redriveDeadLetters'>;

/**
 * Sends dead letters again and removes them from their queues. An event keeps its event id. A dead letter of
 * a consumer is sent only to that consumer.
 *
 * @throws NamedError UnknownQueue. StorageUnavailable if a queue cannot be read and no message was received. All
 *   other failures of a store add to `left`, so that the caller learns what was done.
 */
export async function redriveDeadLetters(
  filter: ParametersOf<'redriveDeadLetters'>,
  services: RedeliveryServices,
): Promise<Redriven> {
  let [messages, events] = [0, 0];
  const left = createLeft();
  // The events that got their own messages in this call. The queue can return these messages in the same call.
  const own = new Set<string>();
  const isOwn = ({ content }: DeadLetter) => content.kind === 'event' && own.has(nameOf(content.key));
  const received = receiveDeadLetters(
    filter,
    (letter) => isMeant(letter, filter) && !isOwn(letter),
    services,
  );
  try {
    for await (const letter of received.each()) {
      const { sent, ownLetters, stays } = await redriveLetter(letter, services);
      events += sent;
      for (const { key, why } of ownLetters) {
        own.add(nameOf(key));
        left.add('dispatcher', why);
      }
      const why = stays ?? (await remove(letter, received));
      if (why === undefined) messages += 1;
      else left.add(letter.queue, why);
    }
  } finally {
    // Messages are shown again only at the end, so that this invocation does not receive them a second time.
    await received.giveBack();
  }
  const [unread] = received.unread;
  if (unread !== undefined && messages + events + left.groups().length === 0) throw unread.error;
  for (const { queue, error } of received.unread) left.add(queue, error.message, 0);
  return { data: { messages, events, left: left.groups(), isComplete: received.isComplete } };
}

/** Removes a message whose events are sent. Returns the reason if that fails. */
async function remove(letter: DeadLetter, received: ReceivedDeadLetters): Promise<string | undefined> {
  try {
    await received.remove(letter);
    return undefined;
  } catch (error) {
    if (!(error instanceof StorageUnavailable)) throw error;
    return `its events were sent, but it could not be removed, so the next redrive sends them again. ${error.message}`;
  }
}

/** Counts the messages that are left, by queue and reason. */
function createLeft() {
  const groups = new Map<string, Redriven['data']['left'][number]>();
  return {
    add(queue: string, why: string, count = 1) {
      const name = JSON.stringify([queue, why]);
      groups.set(name, { queue, why, count: (groups.get(name)?.count ?? 0) + count });
    },
    groups: () => [...groups.values()],
  };
}

function nameOf({ subscription, sortKey }: EventKey): string {
  return `${subscription} ${sortKey}`;
}
