import { createServer } from 'node:http';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { endStarted, readyLine, start } from './start.ts';

// The tests run at the same time, so the processes may end only after the last test.
afterAll(endStarted);

const eventLines = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{"eventId"'))
    .map((line) => JSON.parse(line) as { event: { resource: { gid: string }; change?: { field: string } } });

// The tests run at the same time, because each test waits for the simulated Asana's own clock.
describe.concurrent('npm start', () => {
  it('--once shows the story and exits with 0', async () => {
    const { output, ended } = start(['--once', '--port', '0']);
    expect(await ended).toBe(0);
    expect(output.stdout).toMatch(
      /Handshake answered[\s\S]+Webhook \d+ created[\s\S]+changed[\s\S]+Event received, signature verified, stored[\s\S]+Forged event refused/,
    );
    expect(output.stderr).toBe('');
    expect(output.stdout).not.toContain('\u001b[');
  });

  it('--once --json prints only JSON lines on stdout', async () => {
    const { output, ended } = start(['--once', '--json', '--port', '0']);
    expect(await ended).toBe(0);
    const lines = output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({
      ready: true,
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      lambda: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      asana: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/1\.0$/),
      token: expect.any(String),
      workspace: expect.stringMatching(/^\d+$/),
      project: expect.stringMatching(/^\d+$/),
    });
    expect(lines[1]).toMatchObject({
      eventId: expect.any(String),
      subscription: expect.stringMatching(/^sub_/),
      event: {},
    });
  });

  it('keeps running, reports changes from outside, and stops cleanly after Ctrl-C', async () => {
    const started = start(['--json', '--port', '0']);
    const { child, output, ended } = started;
    const ready = await readyLine(started);
    // The story is over, so only readers of this line change data.
    expect(output.stderr).toContain('Forged event refused');
    const [task] = (await callAsana(ready.asana, ready.token, 'GET', `/projects/${ready.project}/tasks`)) as [
      { gid: string },
    ];
    await callAsana(ready.asana, ready.token, 'PUT', `/tasks/${task.gid}`, { notes: 'from outside' });
    await vi.waitFor(
      () => expect(eventLines(output.stdout).map(({ event }) => event.change?.field)).toContain('notes'),
      { timeout: 60_000 },
    );
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(fetch(ready.api)).rejects.toThrow();
  });

  it('serves another Asana without sending a request to it', async () => {
    let calls = 0;
    const asana = createServer((_, response) => {
      calls += 1;
      response.end('{}');
    });
    const listening = await listen(asana, 0);
    const started = start(['--json', '--port', '0', '--asana', listening.url], {
      ASANA_ACCESS_TOKEN: 'a-token',
    });
    const { child, output, ended } = started;
    expect(await readyLine(started)).toMatchObject({ asana: listening.url });
    expect(output.stdout + output.stderr).not.toContain('a-token');
    expect(calls).toBe(0);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await listening.close();
  });

  it.each([0, 1, 2])('names the port that is in use (the port at %i) and exits with 2', async (index) => {
    const { first, blocker } = await takeOneOfThree(index);
    const { output, ended } = start(['--once', '--port', String(first)]);
    expect(await ended).toBe(2);
    expect(output.stderr).toBe(
      `Port ${blocker.port} is in use. Stop the process that uses it, or choose other ports with --port. 0 selects free ports.\n`,
    );
    await blocker.close();
  });

  it('refuses an invalid flag in one sentence and exits with 2', async () => {
    const { output, ended } = start(['--prot', '1']);
    expect(await ended).toBe(2);
    expect(output.stderr.trim().split('\n')).toHaveLength(1);
    expect(output.stderr).toContain("Unknown option '--prot'");
  });

  it('--help shows examples', async () => {
    const { output, ended } = start(['--help']);
    expect(await ended).toBe(0);
    expect(output.stdout).toContain('npm start -- --once');
    expect(output.stdout).toContain('npm start -- --fail-consumer');
    expect(output.stdout).toContain('POST /local/consumer/heal');
    expect(output.stdout).toContain('ASANA_OAUTH_CLIENT_ID and ASANA_OAUTH_CLIENT_SECRET');
  });
});

/**
 * Finds three consecutive ports and uses only the port at the index. The ports are below the ports that a
 * system selects itself.
 */
async function takeOneOfThree(
  index: number,
): Promise<{ readonly first: number; readonly blocker: Listening }> {
  for (let first = 20_000 + 1_000 * index; ; first += 3) {
    const taken = await Promise.allSettled([0, 1, 2].map((each) => listen(createServer(), first + each)));
    const blocker = taken[index];
    const isFree = taken.every(({ status }) => status === 'fulfilled');
    for (const each of taken) {
      if (each.status === 'fulfilled' && !(isFree && each === blocker)) await each.value.close();
    }
    if (isFree && blocker?.status === 'fulfilled') return { first, blocker: blocker.value };
  }
}
