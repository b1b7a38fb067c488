import { beforeEach, describe, expect, it } from 'vitest';
import type { BusDetail } from '../../../contract/events/bus-event.ts';
import type { ReplayPlan, ReplayProgress } from '../../../contract/operations/replay-events.ts';
import type { ParametersOf } from '../../../contract/operations.ts';
import { replayEvents } from '../../../core/redelivery/replay-events.ts';
import { idsOf, malformed, throttled } from '../../memory/event-bus.ts';
import { loggedEvent, loggedEvents, noon } from '../events.ts';
import { createEventStage, type EventStage } from './event-stage.ts';

const other = 'sub_BBBBBBBBBBBBBBBBBBBBBB';
const events = loggedEvents(250);
const second = (number: number) => new Date(noon.getTime() + number * 1_000);

let stage: EventStage;
beforeEach(async () => {
  stage = createEventStage();
  await stage.store(events);
  await stage.store(loggedEvents(30, { subscription: other, webhookGid: '88' }));
});

async function replay(
  parameters: Partial<ParametersOf<'replayEvents'>> = {},
  lastsMs?: number,
): Promise<ReplayProgress> {
  const { data } = await replayEvents({ eventsPerSecond: 100, ...parameters }, stage.services(lastsMs));
  return data as ReplayProgress;
}

async function plan(
  parameters: Partial<ParametersOf<'replayEvents'>> = {},
  lastsMs?: number,
): Promise<ReplayPlan> {
  const wanted = { eventsPerSecond: 100, plan: true, ...parameters };
  return (await replayEvents(wanted, stage.services(lastsMs))).data as ReplayPlan;
}

const details = () => stage.bus.entries.map(({ detail }) => JSON.parse(detail) as BusDetail);

describe('replayEvents() with a plan', () => {
  it('returns the number and the time range of the events, and sends no event', async () => {
    expect(await plan()).toEqual({
      events: 280,
      from: '2026-11-23T12:00:00.000Z',
      to: '2026-11-23T12:04:09.000Z',
      isComplete: true,
    });
    expect(stage.bus.requests).toEqual([]);
    expect(stage.replays.states.size).toBe(0);
  });

  it('counts only events that match the filter', async () => {
    expect(await plan({ webhookGid: '88', from: second(10), to: second(19) })).toMatchObject({ events: 10 });
    expect(await plan({ resource: '1005' })).toMatchObject({ events: 2 });
    expect(await plan({ action: 'deleted' })).toEqual({ events: 0, from: null, to: null, isComplete: true });
  });

  it('returns isComplete: false if there is no time to count all events', async () => {
    expect(await plan({}, 0)).toMatchObject({ isComplete: false });
  });
});

describe('replayEvents()', () => {
  it('sends each event once, with its id and the id of the replay', async () => {
    expect(await replay({ replayId: 'again' })).toEqual({
      replayId: 'again',
      status: 'done',
      at: '2026-11-23T13:00:00.000Z',
      sent: 280,
      refused: 0,
    });
    const [first] = details();
    expect(first).toMatchObject({
      id: events[0]?.eventId,
      replay: { id: 'again', at: '2026-11-23T13:00:00.000Z' },
    });
    expect(first).not.toHaveProperty('consumer');
    const sent = details().map(({ id, subscription }) => subscription + id);
    expect(new Set(sent).size).toBe(280);
    expect(idsOf(stage.bus.entries).slice(0, 250)).toEqual(events.map(({ eventId }) => eventId));
  });

  it('generates a replay id if the call has none', async () => {
    const { replayId } = await replay();
    expect(replayId).toMatch(/^rpl_[A-Za-z0-9_-]{22}$/);
  });

  it.each(['nosuch', 'dispatcher'])('sends nothing to %s, which is not a consumer', async (consumer) => {
    for (const how of [{}, { plan: true }]) {
      await expect(replay({ consumer, ...how })).rejects.toMatchObject({
        name: 'UnknownConsumer',
        message: `There is no consumer "${consumer}". Existing consumers: billing. Nothing was sent.`,
      });
    }
    expect(stage.bus.entries).toEqual([]);
  });

  it('sends events to a single consumer', async () => {
    await replay({ consumer: 'billing', resource: '1001' });
    expect(details().map(({ consumer }) => consumer)).toEqual(['billing', 'billing']);
  });

  it.each([10, 50, 100])('sends no more than %i events in a second', async (eventsPerSecond) => {
    const sentAt: number[] = [];
    stage.bus.fault = () => void sentAt.push(stage.time);
    const filter = { webhookGid: '77', from: second(0), to: second(99) };
    await replay({ eventsPerSecond, ...filter });
    expect(sentAt).toHaveLength(100);
    for (const from of sentAt) {
      const within = sentAt.filter((time) => time >= from && time < from + 1_000);
      expect(within.length).toBeLessThanOrEqual(eventsPerSecond);
    }
  });

  it('pauses when its time ends, and continues at the same place', async () => {
    const first = await replay({ replayId: 'long' }, 7_000);
    expect(first).toMatchObject({ status: 'paused' });
    expect(first.sent).toBeGreaterThan(0);
    expect(first.sent).toBeLessThan(280);
    let last = first;
    while (last.status === 'paused') last = await replay({ replayId: 'long' }, 7_000);
    expect(last).toMatchObject({ status: 'done', sent: 280, at: first.at });
    const sent = details().map(({ id, subscription }) => subscription + id);
    expect(sent).toHaveLength(280);
    expect(new Set(sent).size).toBe(280);
  });

  it('does not start twice with the same id', async () => {
    const [one, two] = await Promise.all([replay({ replayId: 'same' }), replay({ replayId: 'same' })]);
    expect([one.status, two.status].sort()).toEqual(['done', 'running']);
    expect(await replay({ replayId: 'same' })).toMatchObject({ status: 'done', sent: 280 });
    expect(stage.bus.entries).toHaveLength(280);
  });

  it('refuses an id that belongs to a replay with another filter', async () => {
    await replay({ replayId: 'same' });
    await expect(replay({ replayId: 'same', resource: '1' })).rejects.toMatchObject({
      name: 'ReplayIdReused',
    });
    // The rate is not part of the filter, so it may change.
    expect(await replay({ replayId: 'same', eventsPerSecond: 5 })).toMatchObject({ status: 'done' });
  });

  it('continues after a killed invocation, and repeats at most one page', async () => {
    const killed = new Error('killed');
    let puts = 0;
    stage.bus.fault = () => {
      puts += 1;
      if (puts === 150) throw killed;
      return undefined;
    };
    // A killed invocation does nothing more.
    const save = stage.replays.save;
    const dying = {
      ...stage.services(),
      replays: {
        ...stage.replays,
        save: async (...args: Parameters<typeof save>) =>
          puts >= 150 ? Promise.reject(killed) : save(...args),
      },
    };
    await expect(replayEvents({ replayId: 'k', eventsPerSecond: 100 }, dying)).rejects.toBe(killed);
    expect(await replay({ replayId: 'k' })).toMatchObject({ status: 'running', sent: 100 });

    stage.time += 60_000;
    expect(await replay({ replayId: 'k' })).toMatchObject({ status: 'done', sent: 280 });
    const sent = details().map(({ id, subscription }) => subscription + id);
    expect(new Set(sent).size).toBe(280);
    expect(sent.length).toBeLessThanOrEqual(280 + 100);
  });

  it('stops if the bus is throttled, throws EventBusUnavailable, and continues later', async () => {
    const stuck = events[120]?.eventId;
    stage.bus.fault = ({ eventId }) => (eventId === stuck ? throttled : undefined);
    await expect(replay({ replayId: 'stuck' })).rejects.toMatchObject({
      name: 'EventBusUnavailable',
      message: expect.stringContaining('Call again with this replayId'),
    });
    stage.bus.fault = () => undefined;
    await replay({ replayId: 'stuck' });
    const sent = new Set(details().map(({ id, subscription }) => subscription + id));
    expect(sent.size).toBe(280);
    // One entry was stuck. The nine other entries of its request may come twice.
    expect(stage.bus.entries.length).toBeLessThan(290);
  });

  it('pauses in the middle of a page if the bus is slow, and continues there', async () => {
    const { put } = stage.bus;
    const slow = async (entries: Parameters<typeof put>[0]) => {
      stage.time += 2_000;
      return put(entries);
    };
    const services = { ...stage.services(15_000), bus: { ...stage.bus, put: slow } };
    const { data } = await replayEvents({ replayId: 'slow', eventsPerSecond: 100 }, services);
    expect(data).toMatchObject({ status: 'paused', sent: 50 });
    expect(await replay({ replayId: 'slow' })).toMatchObject({ status: 'done', sent: 280 });
    expect(stage.bus.entries).toHaveLength(280);
  });

  it('counts events that the bus refuses, and continues', async () => {
    const refused = events[5]?.eventId;
    stage.bus.fault = ({ eventId }) => (eventId === refused ? malformed : undefined);
    expect(await replay({ webhookGid: '77' })).toMatchObject({ status: 'done', sent: 249, refused: 1 });
  });

  it('leaves out events that arrived after the replay began', async () => {
    await stage.store([loggedEvent(3_700)]);
    expect(await replay({ webhookGid: '77' })).toMatchObject({ sent: 250 });
  });

  it('leaves no lease after a failure: the next call fails in the same way at once', async () => {
    await expect(replay({ replayId: 'x', webhookGid: '99' })).rejects.toMatchObject({
      name: 'WebhookNotFound',
    });
    await expect(replay({ replayId: 'x', webhookGid: '99' })).rejects.toMatchObject({
      name: 'WebhookNotFound',
    });
  });
});
