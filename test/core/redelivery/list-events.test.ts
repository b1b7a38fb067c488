import { beforeEach, describe, expect, it } from 'vitest';
import type { ParametersOf } from '../../../contract/operations.ts';
import { getEvent } from '../../../core/redelivery/get-event.ts';
import { listEvents } from '../../../core/redelivery/list-events.ts';
import { loggedEvent, loggedEvents, noon, subscription } from '../events.ts';
import { createEventStage, type EventStage } from './event-stage.ts';

const other = 'sub_BBBBBBBBBBBBBBBBBBBBBB';
let stage: EventStage;
beforeEach(async () => {
  stage = createEventStage();
  await stage.store(loggedEvents(10));
  await stage.store(loggedEvents(5, { subscription: other, webhookGid: '88' }));
});

const second = (number: number) => new Date(noon.getTime() + number * 1_000);

/** Returns the pages. Each page lists the subscription and the second of each of its events. */
async function pagesOf(parameters: Omit<ParametersOf<'listEvents'>, 'nextToken'>) {
  const pages: string[][] = [];
  let nextToken: string | undefined;
  do {
    const { data, nextToken: next } = await listEvents({ ...parameters, nextToken }, stage.services());
    pages.push(
      data.map(({ event, subscription: of }) => `${of.charAt(4)}${String(event.created_at).slice(17, 19)}`),
    );
    nextToken = next ?? undefined;
  } while (nextToken !== undefined);
  return pages;
}

const a = (...seconds: number[]) => seconds.map((number) => `A${String(number).padStart(2, '0')}`);
const b = (...seconds: number[]) => seconds.map((number) => `B${String(number).padStart(2, '0')}`);

describe('listEvents()', () => {
  it('returns events in the form that consumers receive', async () => {
    const { data, nextToken } = await listEvents({ webhookGid: '77', limit: 1 }, stage.services());
    const { eventId, event } = loggedEvent(0);
    expect(data).toEqual([
      { id: eventId, subscription, webhook: { gid: '77', resource: '55', connection: 'default' }, event },
    ]);
    expect(nextToken).toEqual(expect.any(String));
  });

  it('lists the events of all webhooks, page by page, without gaps or repetitions', async () => {
    const all = [...a(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), ...b(0, 1, 2, 3, 4)];
    for (const limit of [1, 3, 4, 10, 15, 100]) {
      const pages = await pagesOf({ limit });
      expect(pages.flat()).toEqual(all);
      expect(pages.every((page) => page.length <= limit)).toBe(true);
    }
  });

  it.each([
    ['a webhook, by gid', { webhookGid: '88' }, b(0, 1, 2, 3, 4)],
    ['a webhook, by subscription', { webhookGid: other }, b(0, 1, 2, 3, 4)],
    ['a time', { from: second(3), to: second(4) }, [...a(3, 4), ...b(3, 4)]],
    ['a resource', { resource: '1002' }, [...a(2), ...b(2)]],
    ['an action', { action: 'deleted' }, []],
    ['an action, a subscription and a time', { action: 'changed', webhookGid: other, from: second(4) }, b(4)],
  ])('returns only events that match %s', async (_, filter, expected) => {
    for (const limit of [1, 100]) expect((await pagesOf({ ...filter, limit })).flat()).toEqual(expected);
  });

  it('lists the newest events of all subscriptions first, page by page', async () => {
    const wanted = [
      'A09',
      'A08',
      'A07',
      'A06',
      'A05',
      'A04',
      'B04',
      'A03',
      'B03',
      'A02',
      'B02',
      'A01',
      'B01',
      'A00',
      'B00',
    ];
    for (const limit of [1, 2, 3, 7, 100]) {
      const pages = await pagesOf({ limit, newestFirst: true });
      expect(pages.flat()).toEqual(wanted);
      expect(pages.every((page) => page.length <= limit)).toBe(true);
    }
    const some = { from: second(3), to: second(4), newestFirst: true };
    expect((await pagesOf({ ...some, limit: 3 })).flat()).toEqual(['A04', 'B04', 'A03', 'B03']);
    const few = { resource: '1002', newestFirst: true };
    expect((await pagesOf({ ...few, limit: 1 })).flat()).toEqual(['A02', 'B02']);
    expect((await pagesOf({ webhookGid: '88', newestFirst: true, limit: 2 })).flat()).toEqual(
      b(4, 3, 2, 1, 0),
    );
  });

  it('returns a token and no event if the time ends before the newest events are known', async () => {
    const listed = await listEvents({ limit: 5, newestFirst: true }, stage.services(2_000));
    expect(listed).toEqual({ data: [], nextToken: expect.any(String) });
    const again = { limit: 1, newestFirst: true, nextToken: listed.nextToken ?? '' };
    expect((await listEvents(again, stage.services())).data[0]?.event.created_at).toContain(':09');
  });

  it('continues with the next subscription if the subscription in the token is gone', async () => {
    const gone = { subscription: 'sub_AB', sortKey: '2026-11-23T23:59:59.000Z#x' };
    const nextToken = Buffer.from(JSON.stringify(gone)).toString('base64url');
    const { data } = await listEvents({ limit: 100, nextToken }, stage.services());
    expect(data.map(({ subscription: of }) => of)).toEqual(Array(5).fill(other));
  });

  it('throws WebhookNotFound if the webhook is unknown', async () => {
    await expect(listEvents({ webhookGid: '99', limit: 1 }, stage.services())).rejects.toMatchObject({
      name: 'WebhookNotFound',
    });
  });

  it.each(['x', Buffer.from('[1]').toString('base64url'), Buffer.from('null').toString('base64url')])(
    'refuses the token %s',
    async (nextToken) => {
      await expect(listEvents({ limit: 1, nextToken }, stage.services())).rejects.toMatchObject({
        name: 'InvalidRequest',
      });
    },
  );

  it('returns the events found so far when the time ends, and a token to continue', async () => {
    await stage.store(loggedEvents(3_000, { subscription: 'sub_CCCCCCCCCCCCCCCCCCCCCC' }));
    const { data, nextToken } = await listEvents({ resource: '3999', limit: 5 }, stage.services(0));
    expect(data).toEqual([]);
    const rest = await listEvents(
      { resource: '3999', limit: 5, nextToken: nextToken ?? '' },
      stage.services(),
    );
    expect(rest).toMatchObject({ data: [{ event: { resource: { gid: '3999' } } }], nextToken: null });
  });
});

describe('getEvent()', () => {
  const { eventId, event } = loggedEvent(7);

  it.each([
    ['directly by its time', { createdAt: second(7) }],
    ['without its time', {}],
  ])('finds an event %s', async (_, more) => {
    const found = await getEvent({ webhookGid: subscription, eventId, ...more }, stage.services());
    expect(found.data).toMatchObject({ id: eventId, event });
  });

  it.each([
    ['another id', { eventId: 'A'.repeat(43) }],
    ['another time', { eventId, createdAt: second(8) }],
  ])('throws EventNotFound for %s', async (_, more) => {
    await expect(getEvent({ webhookGid: '77', ...more }, stage.services())).rejects.toMatchObject({
      name: 'EventNotFound',
    });
  });
});
