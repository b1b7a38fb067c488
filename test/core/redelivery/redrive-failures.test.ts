import { beforeEach, describe, expect, it } from 'vitest';
import { toBusEntry } from '../../../core/publishing/bus-entry.ts';
import type { DeadLetter } from '../../../core/redelivery/ports.ts';
import { redriveDeadLetters } from '../../../core/redelivery/redrive-dead-letters.ts';
import { idsOf, throttled } from '../../memory/event-bus.ts';
import { loggedEvent, loggedEvents } from '../events.ts';
import { createEventStage, type EventStage } from './event-stage.ts';

const events = loggedEvents(25);
const ids = events.map(({ eventId }) => eventId);

let stage: EventStage;
beforeEach(async () => {
  stage = createEventStage();
  await stage.store(events);
});

function put(number: number, { queue = 'billing', cause = 'TypeError' } = {}): void {
  const entry = toBusEntry(events[number] ?? loggedEvent(number));
  stage.deadLetters.put({ queue, cause, content: { kind: 'bus', entry } });
}

const redrive = async (filter = {}, lastsMs?: number) =>
  (await redriveDeadLetters({ limit: 100, ...filter }, stage.services(lastsMs))).data;
const idIn = ({ content }: DeadLetter) => (content.kind === 'bus' ? content.entry.eventId : '');
const sent = () => idsOf(stage.bus.entries);

describe('redriveDeadLetters() if a queue fails', () => {
  it('continues after a message that cannot be removed, and says that the message is sent again', async () => {
    for (const number of [0, 1, 2]) put(number);
    stage.deadLetters.fault = (call, _, letter) =>
      call === 'remove' && letter !== undefined && idIn(letter) === ids[0];
    expect(await redrive()).toEqual({
      messages: 2,
      events: 3,
      left: [
        { queue: 'billing', why: expect.stringContaining('the next redrive sends them again'), count: 1 },
      ],
      isComplete: true,
    });
    expect(stage.deadLetters.stored).toMatchObject([{ hiddenUntil: 0 }]);
  });

  it('shows the other messages again if one cannot be shown again', async () => {
    for (const number of [0, 1, 2]) put(number);
    stage.bus.fault = () => throttled;
    stage.deadLetters.fault = (call, _, letter) =>
      call === 'giveBack' && letter !== undefined && idIn(letter) === ids[0];
    expect(await redrive()).toMatchObject({ messages: 0, left: [{ count: 3 }] });
    expect(stage.deadLetters.stored.slice(1)).toMatchObject([{ hiddenUntil: 0 }, { hiddenUntil: 0 }]);
  });

  it('returns what was done if another queue cannot be read', async () => {
    put(0);
    stage.deadLetters.fault = (call, queue) => call === 'receive' && queue === 'dispatcher';
    expect(await redrive()).toEqual({
      messages: 1,
      events: 1,
      left: [{ queue: 'dispatcher', why: expect.stringContaining('Could not receive'), count: 0 }],
      isComplete: false,
    });
  });

  it('throws StorageUnavailable if nothing was done', async () => {
    put(0);
    stage.deadLetters.fault = (call) => call === 'receive';
    await expect(redrive()).rejects.toMatchObject({ name: 'StorageUnavailable' });
  });
});

describe('redriveDeadLetters() within its limits', () => {
  it('counts only messages with the given cause, and says if messages can be left', async () => {
    for (let number = 0; number < 12; number += 1) put(number, { cause: 'Other' });
    for (let number = 12; number < 15; number += 1) put(number);
    const filter = { cause: 'TypeError', limit: 2 };
    expect(await redrive(filter)).toEqual({ messages: 2, events: 2, left: [], isComplete: false });
    expect(await redrive(filter)).toEqual({ messages: 1, events: 1, left: [], isComplete: true });
    expect(sent()).toEqual(ids.slice(12, 15));
    expect(stage.deadLetters.stored.map(({ hiddenUntil }) => hiddenUntil)).toEqual(Array(12).fill(0));
  });

  it('begins no message after the time is up, and gives the others back', async () => {
    for (let number = 0; number < 10; number += 1) put(number);
    const { put: accept } = stage.bus;
    stage.bus.put = async (entries) => {
      stage.time += 4_000;
      return accept(entries);
    };
    expect(await redrive({}, 20_000)).toEqual({ messages: 3, events: 3, left: [], isComplete: false });
    expect(stage.deadLetters.stored).toHaveLength(7);
    expect(stage.deadLetters.stored.every(({ hiddenUntil }) => hiddenUntil === 0)).toBe(true);
  });

  it('hides messages until the invocation has ended', async () => {
    put(0);
    const ends = stage.time + 57_000;
    let hiddenUntil = 0;
    stage.bus.fault = () => {
      hiddenUntil = stage.deadLetters.stored[0]?.hiddenUntil ?? 0;
      return undefined;
    };
    await redrive({}, 57_000);
    expect(hiddenUntil).toBeGreaterThan(ends + 1_000);
    expect(hiddenUntil).toBeLessThan(ends + 10_000);
  });

  it('stops giving messages back before the time is up: they appear again by themselves', async () => {
    for (let number = 0; number < 25; number += 1) put(number, { cause: 'Other' });
    let calls = 0;
    stage.deadLetters.fault = (call) => {
      if (call === 'giveBack') calls += 1;
      if (calls === 20) stage.time += 50_000;
      return false;
    };
    expect(await redrive({ cause: 'TypeError' }, 50_000)).toMatchObject({ messages: 0, left: [] });
    expect(calls).toBe(20);
  });
});

describe('redriveDeadLetters() if the queue delivers a message twice', () => {
  /** Delivers the first message again with the next receive. */
  function deliverAgain(): void {
    const { receive } = stage.deadLetters;
    let copy: DeadLetter | undefined;
    stage.deadLetters.receive = async (queue, hiddenSeconds) => {
      const letters = await receive(queue, hiddenSeconds);
      if (queue !== 'billing') return letters;
      const again = copy === undefined ? [] : [{ ...copy, receipt: 'second receipt' }];
      copy = copy === undefined ? letters[0] : undefined;
      return [...letters, ...again];
    };
  }

  it('sends the message once, and removes the copy', async () => {
    put(0);
    deliverAgain();
    const removed: string[] = [];
    stage.deadLetters.fault = (call, _, letter) => {
      if (call === 'remove') removed.push(letter?.receipt ?? '');
      return false;
    };
    expect(await redrive()).toMatchObject({ messages: 1, events: 1, left: [] });
    expect(sent()).toEqual([ids[0]]);
    expect(removed).toEqual([expect.any(String), 'second receipt']);
  });

  it('reports a message that stays once, and shows it again with its last receipt', async () => {
    put(0);
    stage.bus.fault = () => throttled;
    deliverAgain();
    const shown: string[] = [];
    stage.deadLetters.fault = (call, _, letter) => {
      if (call === 'giveBack') shown.push(letter?.receipt ?? '');
      return false;
    };
    expect(await redrive()).toMatchObject({ messages: 0, left: [{ count: 1 }] });
    expect(shown).toEqual(['second receipt']);
  });
});
