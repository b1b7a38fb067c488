import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readFlags } from '../../local/flags.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { run } from '../cli/run.ts';
import { type ClockedStage, setClockedStage } from '../journeys/stage.ts';
import { endStarted, readyLine, start } from './start.ts';

afterEach(endStarted);

describe('a consumer that fails on purpose', () => {
  let stage: ClockedStage;
  beforeAll(async () => {
    // The consumer's `once()` takes a lost answer for another invocation that works on the event.
    stage = await setClockedStage({}, { hostile: { loseAnswer: 0 } });
    await stage.manage({
      operation: 'createWebhook',
      resource: stage.project,
      filters: [{ resource_type: 'task' }],
    });
  });
  afterAll(() => stage.close());

  async function control(method: string, path = '') {
    const response = await fetch(`${stage.local.lambdaUrl}/local/consumer${path}`, { method });
    return { status: response.status, body: await response.json() };
  }

  async function deadLetters() {
    const { data } = await stage.manage<{ data: { queue: string; cause: string; count: number }[] }>({
      operation: 'listDeadLetters',
    });
    return data.map(({ queue, cause, count }) => ({ queue, cause, count }));
  }

  const redrive = () => stage.manage({ operation: 'redriveDeadLetters', queue: 'example' });

  it('works at first and reports its state', async () => {
    expect(await control('GET')).toEqual({ status: 200, body: { failing: false } });
    await stage.changeTask({ notes: 'one' });
    await stage.settle();
    expect(stage.consumed).toHaveLength(1);
  });

  it('creates dead letters until it is healed, and then a redrive delivers the events', async () => {
    expect(await control('POST', '/fail')).toEqual({ status: 200, body: { failing: true } });
    await stage.changeTask({ due_on: '2031-01-01' });
    await stage.settle();
    expect(stage.consumed).toHaveLength(1);
    const failed = [{ queue: 'example', cause: 'MadeToFail', count: 1 }];
    expect(await deadLetters()).toEqual(failed);

    await redrive();
    await stage.settle();
    expect(stage.consumed).toHaveLength(1);
    expect(await deadLetters()).toEqual(failed);

    expect(await control('POST', '/heal')).toEqual({ status: 200, body: { failing: false } });
    await redrive();
    await stage.settle();
    expect(stage.consumed).toHaveLength(2);
    expect(stage.consumed[1]?.detail.event).toMatchObject({ change: { field: 'due_on' } });
    expect(await deadLetters()).toEqual([]);
  });

  it.each([
    ['POST', ''],
    ['GET', '/fail'],
    ['POST', '/constructor'],
  ])('lists the known requests in its answer to %s %s', async (method, path) => {
    const { status, body } = await control(method, path);
    expect(status).toBe(404);
    expect((body as { message: string }).message).toContain('POST /local/consumer/heal');
  });
});

describe('npm start -- --fail-consumer', () => {
  it('fails after the story and shows commands that heal the consumer and work', async () => {
    const started = start(['--json', '--port', '0', '--fail-consumer']);
    const ready = await readyLine(started);
    await expect.poll(() => started.output.stderr, { timeout: 60_000 }).toContain('Ctrl-C stops');
    const printed = started.output.stderr;
    expect(printed).toContain('✓ Event taken from the bus by a consumer');
    const [list, heal, redrive] =
      printed.split('The consumer fails from now on')[1]?.trim().split('\n') ?? [];
    const cli = (line = '', ...more: string[]) => run([...line.trim().split(' ').slice(2), ...more]);

    const tasks = await callAsana(ready.asana, ready.token, 'GET', `/projects/${ready.project}/tasks`);
    const [task] = tasks as readonly { gid: string }[];
    await callAsana(ready.asana, ready.token, 'PUT', `/tasks/${task?.gid}`, { due_on: '2031-01-01' });
    await expect
      .poll(async () => (await cli(list)).stdout, { timeout: 60_000, interval: 200 })
      .toMatch(/example +MadeToFail +1/);

    const answer = await fetch(heal?.split(' ').at(-1) ?? '', { method: 'POST' });
    expect(await answer.json()).toEqual({ failing: false });
    expect((await cli(redrive, '--yes')).stdout).toContain('Sent 1 event of 1 message.');
    expect((await cli(list)).stderr).toContain('There are no dead letters.');
  });

  it('is refused with --once, because the consumer works during the story', () => {
    expect(() => readFlags(['--once', '--fail-consumer'], {})).toThrow('--fail-consumer');
  });
});
