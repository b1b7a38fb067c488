import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newHookKey } from '../../core/hook.ts';
import type { ReplayState } from '../../core/redelivery/ports.ts';
import { noon } from '../core/events.ts';
import { implementations, type Stores } from './stores.ts';

function state(changes: Partial<ReplayState> = {}): ReplayState {
  return {
    id: newHookKey(),
    fingerprint: 'f',
    at: noon,
    isDone: false,
    sent: 0,
    refused: 0,
    leaseEndsAt: noon,
    version: 1,
    expiresAt: noon,
    ...changes,
  };
}

describe.each(implementations)('replays in %s', (_, start) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());

  it('find() returns the state that save() stored', async () => {
    const begun = state();
    expect(await stores.replays.find(begun.id)).toBeUndefined();
    expect(await stores.replays.save(begun, undefined)).toBe(true);
    expect(await stores.replays.find(begun.id)).toEqual(begun);
    const position = { subscription: 's', sortKey: '2026-11-23T12:00:00.000Z#e' };
    const next = { ...begun, version: 2, isDone: true, position, sent: 7, refused: 1 };
    expect(await stores.replays.save(next, 1)).toBe(true);
    expect(await stores.replays.find(begun.id)).toEqual(next);
  });

  it('save() accepts one of ten simultaneous first states', async () => {
    const begun = state();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => stores.replays.save(begun, undefined)),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('save() refuses a state that does not follow the last state', async () => {
    const begun = state();
    await stores.replays.save(begun, undefined);
    await stores.replays.save({ ...begun, version: 2 }, 1);
    expect(await stores.replays.save({ ...begun, version: 2, sent: 99 }, 1)).toBe(false);
    expect(await stores.replays.save(state({ version: 5 }), 4)).toBe(false);
    expect((await stores.replays.find(begun.id))?.sent).toBe(0);
  });
});
