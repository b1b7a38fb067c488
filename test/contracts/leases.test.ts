import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newHookKey } from '../../core/hook.ts';
import type { Lease } from '../../core/lease.ts';
import { begin, implementations, type Stores } from './stores.ts';

const inSeconds = (seconds: number) => new Date(begin.getTime() + seconds * 1_000);

describe.each(implementations)('leases in %s', (_, start) => {
  let stores: Stores;
  let name: string;
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());
  beforeEach(() => {
    name = `ensure/${newHookKey()}`;
  });

  const wanted = (endsAt = inSeconds(60)): Omit<Lease, 'epoch'> => ({ name, holder: newHookKey(), endsAt });

  it('acquire() gives a free lease to one holder, until it ends', async () => {
    const first = wanted();
    expect(await stores.leases.acquire(first, begin)).toEqual({ ...first, epoch: 1 });
    expect(await stores.leases.acquire(wanted(), inSeconds(59.9))).toBeUndefined();
    const next = wanted(inSeconds(120));
    expect(await stores.leases.acquire(next, inSeconds(60))).toEqual({ ...next, epoch: 2 });
  });

  it('acquire() succeeds for one of ten simultaneous callers', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => stores.leases.acquire(wanted(), begin)),
    );
    expect(answers.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('acquire() gives an ended lease to one of ten simultaneous callers', async () => {
    await stores.leases.acquire(wanted(), begin);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => stores.leases.acquire(wanted(inSeconds(200)), inSeconds(61))),
    );
    expect(answers.flatMap((lease) => lease?.epoch ?? [])).toEqual([2]);
  });

  it('acquire() by the same holder succeeds again, with the same epoch', async () => {
    const own = wanted();
    await stores.leases.acquire(own, begin);
    expect(await stores.leases.acquire(own, begin)).toEqual({ ...own, epoch: 1 });
  });

  it('release() ends the lease, and the epoch goes on from there', async () => {
    const lease = await stores.leases.acquire(wanted(), begin);
    if (lease === undefined) throw new Error('no lease');
    await stores.leases.release(lease, inSeconds(1));
    expect(await stores.leases.acquire(wanted(), inSeconds(1))).toMatchObject({ epoch: 2 });
  });

  it('release() does nothing if another holder has acquired the lease since', async () => {
    const lease = await stores.leases.acquire(wanted(), begin);
    if (lease === undefined) throw new Error('no lease');
    await stores.leases.acquire(wanted(inSeconds(120)), inSeconds(60));
    await stores.leases.release(lease, inSeconds(61));
    expect(await stores.leases.acquire(wanted(), inSeconds(62))).toBeUndefined();
  });
});
