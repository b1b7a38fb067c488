import { createServer } from 'node:http';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { endStarted, readyLine, start } from './start.ts';

// The tests run at the same time, so nothing may be ended before the last of them.
afterAll(endStarted);

const eventLines = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{"eventId"'))
    .map((line) => JSON.parse(line) as { event: { resource: { gid: string }; change?: { field: string } } });

// At the same time, for each waits for a moment of the simulated Asana's own time.
describe.concurrent('npm start', () => {
  it('--once tells the story and ends with 0', async () => {
    const { output, ended } = start(['--once', '--port', '0']);
    expect(await ended).toBe(0);
    expect(output.stdout).toMatch(
      /Handshake answered[\s\S]+Webhook \d+ created[\s\S]+changed[\s\S]+Event received, signature verified, stored[\s\S]+Forged event refused/,
    );
    expect(output.stderr).toBe('');
    expect(output.stdout).not.toContain('\u001b[');
  });

  it('--once --json prints JSON lines on stdout and nothing else there', async () => {
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

  it('stays, can be driven from outside, and stops cleanly with Ctrl-C', async () => {
    const started = start(['--json', '--port', '0']);
    const { child, output, ended } = started;
    const ready = await readyLine(started);
    // The story is over, so that nothing changes but by whoever reads this line.
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

  it('serves another Asana without touching it', async () => {
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

  it.each([0, 1, 2])('says which port is in use (the one at %i), and ends with 2', async (index) => {
    const { first, blocker } = await takeOneOfThree(index);
    const { output, ended } = start(['--once', '--port', String(first)]);
    expect(await ended).toBe(2);
    expect(output.stderr).toBe(
      `Port ${blocker.port} is in use: stop what uses it, or choose other ports with --port, 0 for free ones.\n`,
    );
    await blocker.close();
  });

  it('refuses a bad flag in one sentence, and ends with 2', async () => {
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

/** Three ports in a row, of which only the one at the index is taken. They are below those that a system picks itself. */
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
