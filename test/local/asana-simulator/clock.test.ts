import { describe, expect, it } from 'vitest';
import { createClock } from '../../../local/asana-simulator/clock.ts';

describe('advance()', () => {
  it('runs each task at its own time, one after the other', async () => {
    const clock = createClock({ manual: true, startAt: new Date(0) });
    const ran: string[] = [];
    for (const ms of [30, 10, 20]) {
      clock.schedule(ms, async () => {
        ran.push(`${ms} begins at ${clock.now().getTime()}`);
        await new Promise((resolve) => setImmediate(resolve));
        ran.push(`${ms} ends at ${clock.now().getTime()}`);
      });
    }
    await clock.advance(25);
    expect(ran).toEqual(['10 begins at 10', '10 ends at 10', '20 begins at 20', '20 ends at 20']);
    expect(clock.now().getTime()).toBe(25);
  });

  it('does not move time while an earlier task runs', async () => {
    const clock = createClock({ manual: true, startAt: new Date(0) });
    let finish: () => void = () => undefined;
    clock.schedule(10, () => new Promise<void>((resolve) => (finish = resolve)));
    const first = clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
    const second = clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now().getTime()).toBe(10);
    finish();
    await Promise.all([first, second]);
    expect(clock.now().getTime()).toBe(1_010);
  });
});
