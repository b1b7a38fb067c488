import { afterEach, describe, expect, it } from 'vitest';
import { timeOfDay } from '../../cli/console/time-of-day.ts';
import type { Local } from '../../local/start-local.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { showNextSteps } from '../../local/story/next-steps.ts';
import { run, start as startCli } from '../cli/run.ts';
import { endStarted, type Ready, readyLine, start, untilStaying } from './start.ts';

afterEach(endStarted);

/** Returns the lines that are shown for local mode with its Lambda endpoint at this address. */
function shown(lambdaUrl: string): readonly string[] {
  const lines: string[] = [];
  const terminal = {
    heading: () => undefined,
    step: () => undefined,
    failure: () => undefined,
    line: (text = '') => void lines.push(text.trim()),
  };
  showNextSteps({ lambdaUrl } as Local, '42', terminal);
  return lines;
}

describe('"Try next"', () => {
  it('shows three commands', () => {
    expect(shown('http://127.0.0.1:3001')).toEqual([
      'npx asana-webhooks list --local',
      'npx asana-webhooks create 42 --on task --local',
      'npx asana-webhooks events tail --local',
    ]);
  });

  it('adds the address if the ports are not the default ports', () => {
    expect(shown('http://127.0.0.1:4001')).toEqual([
      'npx asana-webhooks list --local-url http://127.0.0.1:4001',
      'npx asana-webhooks create 42 --on task --local-url http://127.0.0.1:4001',
      'npx asana-webhooks events tail --local-url http://127.0.0.1:4001',
    ]);
  });

  it('shows commands that work, directly before the events', async () => {
    const started = start(['--json', '--port', '0']);
    await expect.poll(() => started.output.stderr, { timeout: 60_000 }).toContain('Ctrl-C stops');
    const [list = '', create = '', tail = '', ...rest] = (started.output.stderr.split('Try next')[1] ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    expect(rest).toEqual(['Ctrl-C stops. Events appear here as they arrive:']);
    const args = (line: string) => line.split(' ').slice(2);
    expect(await run(args(list))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Example project'),
    });
    expect(await run(args(create))).toMatchObject({ code: 0, stdout: expect.stringContaining('is created') });
    const tailing = startCli(args(tail));
    await expect.poll(() => tailing.output.stderr, { timeout: 60_000 }).toContain('Waiting for events');
    tailing.kill('SIGINT');
    expect((await tailing.ended).code).toBe(0);
  });
});

describe('times', () => {
  it('timeOfDay() is local, and shows dashes if there is no time', () => {
    const moment = new Date(2030, 0, 1, 9, 5, 7);
    expect(timeOfDay(moment.toISOString())).toBe('09:05:07');
    expect([timeOfDay(undefined), timeOfDay('soon'), timeOfDay(5)]).toEqual(Array(3).fill('--:--:--'));
  });

  it('are local for people and UTC in JSON', async () => {
    // This time zone is 5 hours and 45 minutes ahead of UTC all year.
    const env = { TZ: 'Asia/Kathmandu' };
    const [forPeople, forPrograms] = [start(['--port', '0'], env), start(['--json', '--port', '0'], env)];
    const ready = await readyLine(forPrograms);
    await untilStaying(forPeople);
    await untilStaying(forPrograms);
    const { stdout } = forPeople.output;
    const [asana = ''] = /http:\S+\/api\/1\.0/.exec(stdout) ?? [];
    const [project = ''] = /(?<=create )\d+/.exec(stdout) ?? [];
    const there = { ...ready, asana, project, token: await newToken(asana) };

    const happened = await changeTask(there);
    const local = new Date(happened.getTime() + (5 * 60 + 45) * 60_000).toISOString().slice(11, 19);
    await expect.poll(() => forPeople.output.stdout, { timeout: 60_000 }).toContain(`  ${local}  task `);
    expect(forPeople.output.stdout).not.toMatch(/\d\d:\d\d:\d\d(\.\d+)?Z/);

    const inJson = await changeTask(ready);
    await expect.poll(() => forPrograms.output.stdout, { timeout: 60_000 }).toContain(inJson.toISOString());
  });
});

/** Creates a token of the seeded user. The simulator gives this user the second gid. */
async function newToken(asana: string): Promise<string> {
  const answer = await fetch(`${new URL(asana).origin}/simulator/tokens`, {
    method: 'POST',
    body: JSON.stringify({ user: '1200000000000002' }),
  });
  return ((await answer.json()) as { token: string }).token;
}

/** Changes a task. Returns the time of the change on the clock of the simulated Asana. */
async function changeTask({ asana, token, project }: Pick<Ready, 'asana' | 'token' | 'project'>) {
  const tasks = await callAsana(asana, token, 'GET', `/projects/${project}/tasks`);
  const [task] = tasks as readonly { gid: string }[];
  const first = await fetch(`${asana}/events?resource=${task?.gid}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const { sync } = (await first.json()) as { sync: string };
  await callAsana(asana, token, 'PUT', `/tasks/${task?.gid}`, { due_on: '2031-01-01' });
  const [event] = (await callAsana(
    asana,
    token,
    'GET',
    `/events?resource=${task?.gid}&sync=${sync}`,
  )) as readonly { created_at: string }[];
  return new Date(event?.created_at ?? '');
}
