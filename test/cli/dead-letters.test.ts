import { describe, expect, it } from 'vitest';
import { runCli } from './harness.ts';

const more = 'There can be more dead letters.';
const redriven = { messages: 2, events: 3, left: [], isComplete: true };

describe('dlq redrive', () => {
  const run = (data: object) =>
    runCli(['dlq', 'redrive', '--yes'], { answers: { redriveDeadLetters: { data } } });

  it('says that nothing is left', async () => {
    const { code, stdout, stderr } = await run(redriven);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Sent 3 events of 2 messages.\n' });
    expect(stderr).toBe('Nothing is left.\n');
  });

  it('does not say that nothing is left if not all messages were read', async () => {
    const { code, stderr } = await run({ ...redriven, isComplete: false });
    expect(code).toBe(0);
    expect(stderr).toContain(more);
    expect(stderr).not.toContain('Nothing is left');
  });

  it('shows the reasons of the messages that are left, and fails', async () => {
    const left = [{ queue: 'billing', why: 'the bus refuses it again: MalformedDetail', count: 4 }];
    const { code, stdout, stderr } = await run({ ...redriven, left, isComplete: false });
    expect(code).toBe(1);
    expect(stdout).toContain('the bus refuses it again: MalformedDetail');
    expect(stderr).toContain(more);
    expect(stderr).toContain('The column WHY has the reasons.');
  });
});

describe('dlq list', () => {
  const run = (isComplete: boolean) =>
    runCli(['dlq', 'list'], { answers: { listDeadLetters: { data: [], queues: {}, isComplete } } });

  it('says that there are none only if all messages were read', async () => {
    expect((await run(true)).stderr).toBe('There are no dead letters.\n');
    const { stderr } = await run(false);
    expect(stderr).toContain(more);
    expect(stderr).not.toContain('There are no dead letters.');
  });
});
