import { describe, expect, it } from 'vitest';
import { Failed } from '../../cli/errors.ts';
import { runCli, type Setting } from './harness.ts';

const answers: Setting['answers'] = {
  listConnections: { data: [{ connection: 'default' }, { connection: 'sales' }] },
  checkConnection: { data: { workspaces: [{ gid: '7' }] } },
  getWebhooks: { data: [{ gid: '1209' }, { gid: '1210' }] },
  listDeadLetters: { data: [], queues: { dispatcher: 0, billing: 2 } },
};

const complete = async (...words: string[]) =>
  (await runCli(['__complete', ...words], { answers })).stdout.split('\n').filter((line) => line !== '');

describe('completion', () => {
  it.each<[string, string[], string[]]>([
    ['commands', ['con'], ['connect', 'connections']],
    ['commands of a group', ['events', ''], ['list', 'get', 'tail']],
    ['options', ['quota', '--conn'], ['--connection']],
    ['options that every command takes', ['quota', '--lo'], ['--local', '--local-url']],
    ['connections', ['quota', '--connection', ''], ['default', 'sales']],
    ['connections as an argument', ['connections', 'check', 's'], ['sales']],
    ['gids of webhooks', ['delete', '12'], ['1209', '1210']],
    ['a second gid', ['delete', '1209', '121'], ['1210']],
    [
      'filters',
      ['create', '1', '--on', 'tag.'],
      ['tag.added', 'tag.changed', 'tag.deleted', 'tag.undeleted'],
    ],
    ['queues', ['dlq', 'redrive', '--queue', ''], ['dispatcher', 'billing']],
    ['consumers', ['replay', '--consumer', ''], ['billing']],
    ['nothing behind a flag that takes no value', ['quota', '--json', 'x'], []],
  ])('completes %s', async (_, words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });

  it('completes nothing if the function cannot be reached, and never fails', async () => {
    const down: Setting['answers'] = { listConnections: new Failed('Down.') };
    expect(await runCli(['__complete', 'quota', '--connection', ''], { answers: down })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('asks the function at the place that the command line names', async () => {
    const { places } = await runCli(['__complete', 'quota', '--local', '--connection', ''], { answers });
    expect(places).toEqual([{ stack: '', local: 'http://127.0.0.1:3001' }]);
  });
});
