import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../core/claims.ts';
import { newHookKey } from '../../core/webhook.ts';
import { implementations, type Stores } from './stores.ts';

const now = new Date('2026-11-23T10:00:00.000Z');
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describe.each(implementations)('idempotency claims in %s', (_, start) => {
  let stores: Stores;
  let claim: Claim;
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());
  beforeEach(() => {
    const [id, holder] = [newHookKey(), newHookKey()];
    claim = { id, holder, fingerprint: 'f', leaseEndsAt: inSeconds(60), expiresAt: inSeconds(3_600) };
  });

  it('claim() takes a free claim, and returns the existing claim if it is not free', async () => {
    expect(await stores.claims.claim(claim, now)).toBeUndefined();
    const rival = { ...claim, holder: newHookKey(), fingerprint: 'g' };
    expect(await stores.claims.claim(rival, inSeconds(3_599))).toEqual(claim);
  });

  it('claim() succeeds for each of ten callers in turn if each caller releases it at once', async () => {
    const turns = Array.from({ length: 10 }, async () => {
      for (;;) {
        const own = { ...claim, holder: newHookKey() };
        if ((await stores.claims.claim(own, now)) !== undefined) {
          await sleep(1);
          continue;
        }
        await stores.claims.release(own);
        return 'had';
      }
    });
    expect(await Promise.all(turns)).toEqual(Array(10).fill('had'));
  });

  it('claim() succeeds for one of ten simultaneous callers', async () => {
    const rivals = Array.from({ length: 10 }, () => ({ ...claim, holder: newHookKey() }));
    const answers = await Promise.all(rivals.map((rival) => stores.claims.claim(rival, now)));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
  });

  it('claim() takes an expired claim', async () => {
    await stores.claims.claim(claim, now);
    const next = { ...claim, holder: newHookKey() };
    expect(await stores.claims.claim(next, inSeconds(3_600))).toBeUndefined();
  });

  it('claim() takes over the named claim, and no other claim', async () => {
    await stores.claims.claim(claim, now);
    const next = { ...claim, holder: newHookKey() };
    const late = { ...claim, holder: newHookKey() };
    expect(await stores.claims.claim(next, now, claim)).toBeUndefined();
    expect(await stores.claims.claim(late, now, claim)).toEqual(next);
  });

  it('release() removes the claim, unless another holder has taken it over', async () => {
    await stores.claims.claim(claim, now);
    const next = { ...claim, holder: newHookKey() };
    await stores.claims.claim(next, now, claim);
    await stores.claims.release(claim);
    expect(await stores.claims.claim(claim, now)).toEqual(next);
    await stores.claims.release(next);
    expect(await stores.claims.claim(claim, now)).toBeUndefined();
  });
});
