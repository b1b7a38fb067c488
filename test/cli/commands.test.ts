import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../cli/errors.ts';
import { noon, runCli, type Setting } from './harness.ts';

const webhook = {
  gid: '1209',
  active: true,
  resource: { gid: '1208', resource_type: 'project', name: 'Bugs' },
  target: 'https://hooks.example.com/webhooks/x',
  filters: [{ resource_type: 'task', resource_subtype: null, action: 'added', fields: null }],
};
const facts = {
  subscription: 'sub_OfWmBv2tq0mIXpJ3H5nAfQ',
  connection: 'default',
  status: 'active',
  resource: '1208',
  createdAt: '2026-11-23T10:00:00.000Z',
  lastDeliveryAt: '2026-11-23T11:57:00.000Z',
};
const managed = { data: webhook, registry: facts };
const item = (resource: string, more: object = {}) => ({
  resource,
  name: `Project ${resource}`,
  action: 'create',
  result: 'done',
  filters: [{ resource_type: 'task' }],
  ...more,
});
const bulk = (items: readonly { result: string }[], status = 'done') => {
  const count = (result: string) => items.filter((each) => each.result === result).length;
  return {
    data: {
      status,
      done: count('done'),
      failed: count('failed'),
      waiting: count('waiting'),
      unchanged: 0,
      items,
    },
  };
};
const planOf = (resources: readonly string[], more: object = {}) =>
  bulk(
    resources.map((resource) => item(resource, { result: 'waiting', ...more })),
    'planned',
  );

/** A bulk operation on these resources in which every item succeeds. */
const allAtOnce = (resources: readonly string[]) => (parameters: Readonly<Record<string, unknown>>) =>
  parameters.plan ? planOf(resources) : bulk((parameters.projects as string[]).map((gid) => item(gid)));

const checked = (state: string, connection = 'default') => ({
  data: {
    connection,
    kind: 'personalAccessToken',
    state,
    user: state === 'ready' ? { gid: '5', name: 'Ada' } : null,
    workspaces: state === 'ready' ? [{ gid: '7', name: 'One' }] : [],
    scopes: null,
    missingScopes: [],
    can: { readWebhooks: true, writeWebhooks: true, deleteWebhooks: true, readEvents: true },
  },
});

/** Whether a text has control characters other than line feeds, or marks that change text direction. */
function hasControls(text: string): boolean {
  return [...text].some((character) => character !== '\n' && /[\p{Cc}\p{Bidi_Control}]/u.test(character));
}

describe('create', () => {
  const answers = { createWebhook: managed, ensureWebhook: { ...managed, ensured: 'found' } };

  it('creates a webhook, with the connection, with the filters', async () => {
    const ran = await runCli(['create', '1208', '--on', 'task.added', '--connection', 'sales'], { answers });
    expect(ran).toMatchObject({
      code: 0,
      stdout: 'Webhook 1209 is created: task.added.\nIts subscription is sub_OfWmBv2tq0mIXpJ3H5nAfQ.\n',
      calls: [
        {
          operation: 'createWebhook',
          parameters: {
            connection: 'sales',
            resource: '1208',
            filters: [{ resource_type: 'task', action: 'added' }],
          },
        },
      ],
    });
  });

  it.each([[[]], [['--ensure']]])(
    'with --plan and %j says what it would do, and calls nothing',
    async (more) => {
      const ran = await runCli(['create', '1208', '--on', 'task', '--plan', ...more], { answers });
      expect(ran).toMatchObject({ code: 0, calls: [] });
      expect(ran.stdout).toMatch(/^This would .* 1208: task, with default\.\n$/);
      expect(ran.stderr).toContain('Nothing was changed.');
      const json = await runCli(['create', '1208', '--plan', '--json', ...more], { answers });
      expect(JSON.parse(json.stdout)).toMatchObject({ status: 'planned', resource: '1208' });
    },
  );

  it('refuses --ensure together with --idempotency-key before any call', async () => {
    const ran = await runCli(['create', '1208', '--ensure', '--idempotency-key', 'k'], { answers });
    expect(ran).toMatchObject({ code: 2, calls: [], stderr: expect.stringContaining('mutually exclusive') });
  });

  it('treats the same --on given twice as one filter', async () => {
    const { calls } = await runCli(['create', '1208', '--on', 'task', '--on', 'task'], { answers });
    expect(calls[0]?.parameters.filters).toEqual([{ resource_type: 'task' }]);
  });

  it.each([
    'attachment.added',
    'story.deleted',
    'custom_field.changed',
    'task.changed:num_likes',
    'goal_membership.added',
  ])('sends %s to Asana, with a warning', async (on) => {
    const { code, stderr, calls } = await runCli(['create', '1208', '--on', on], { answers });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning .*It is sent to Asana as typed\.\n$/);
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['https://app.asana.com/1/1207/project/1208/list/1210', '1208'],
    ['https://app.asana.com/1/1207/project/1208/task/1211?focus=true', '1211'],
    ['https://app.asana.com/0/1208/list', '1208'],
    ['https://app.asana.com/0/1208/1211', '1211'],
  ])('reads the address %s as %s', async (address, gid) => {
    const { calls } = await runCli(['create', address], { answers });
    expect(calls[0]?.parameters.resource).toBe(gid);
  });

  it.each(['https://evil.example.com/1/1207/project/1208', 'Bugs', '1\u001b[2J'])(
    'does not take %j for a resource, and shows it without escapes',
    async (text) => {
      const { code, stderr, calls } = await runCli(['create', text], { answers });
      expect({ code, calls }).toEqual({ code: 2, calls: [] });
      expect(stderr).toContain('is not a resource');
      expect(stderr).not.toContain('\u001b');
    },
  );

  it('asks for confirmation with the number of webhooks, and needs --yes without a terminal', async () => {
    const many = { answers: { createWebhooks: allAtOnce(['1', '2', '3']) } };
    const args = ['create', '--workspace', '7', '--on', 'task'];
    const ran = await runCli(args, many);
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'Create or update 3 webhooks with the connection default? There is no terminal to ask',
      ),
    });
    expect(ran.calls.map(({ parameters }) => parameters.plan)).toEqual([true]);
    const agreed = await runCli([...args, '--yes'], many);
    expect(agreed.code).toBe(0);
    expect(agreed.calls.map(({ parameters }) => parameters.projects)).toEqual([undefined, ['1', '2', '3']]);
  });
});

describe('a bulk command', () => {
  const gids = Array.from({ length: 25 }, (_, index) => String(100 + index));
  const args = ['create', '--workspace', '7', '--yes'];

  it('shows progress as it happens, a few resources at a time', async () => {
    const { code, stderr, calls } = await runCli(args, { answers: { createWebhooks: allAtOnce(gids) } });
    expect(code).toBe(0);
    expect(stderr).toBe('10 of 25 webhooks\n20 of 25 webhooks\n25 of 25 webhooks\n');
    expect(calls.slice(1).map(({ parameters }) => (parameters.projects as string[]).length)).toEqual([
      10, 10, 5,
    ]);
  });

  it('keeps the names of the plan', async () => {
    const answer = (parameters: Readonly<Record<string, unknown>>) =>
      parameters.plan ? planOf(['7']) : bulk([item('7', { name: undefined })]);
    const { stdout } = await runCli(args, { answers: { createWebhooks: answer } });
    expect(stdout).toMatch(/^7 +Project 7 +create/m);
  });

  it('retries only the resources that another call has claimed', async () => {
    let isBusy = true;
    const answer = (parameters: Readonly<Record<string, unknown>>) => {
      if (parameters.plan) return planOf(['1', '2']);
      const result = isBusy ? 'waiting' : 'done';
      isBusy = false;
      return bulk((parameters.projects as string[]).map((gid) => item(gid, gid === '2' ? { result } : {})));
    };
    const ran = await runCli([...args, '--json'], { answers: { createWebhooks: answer } });
    expect(ran.calls.slice(1).map(({ parameters }) => parameters.projects)).toEqual([['1', '2'], ['2']]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ status: 'done', done: 2, failed: 0, waiting: 0 });
  });

  it('reports the progress and how to continue on Ctrl-C, and exits with 130', async () => {
    const answer = (parameters: Readonly<Record<string, unknown>>) =>
      parameters.plan
        ? planOf(['1', '2'])
        : bulk((parameters.projects as string[]).map((gid) => item(gid, { result: 'waiting' })));
    const ran = await runCli(args, {
      answers: { createWebhooks: answer },
      onSleep: (_, interrupt) => interrupt(),
    });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain('Stopping after the current call.');
    expect(ran.stderr).toContain('Stopped after 0 of 2. Run the same command again');
  });

  it('shows names, gids, and the old and new filters', async () => {
    const update = { action: 'update', filtersBefore: [{ resource_type: 'story' }] };
    const plan = { answers: { createWebhooks: planOf(['1208'], update) } };
    const { stdout, stderr } = await runCli(['create', '--team', '8', '--plan'], plan);
    expect(stdout).toMatch(/^RESOURCE +NAME +TO DO +FILTERS +RESULT/);
    expect(stdout).toMatch(/^1208 +Project 1208 +update +story → task +planned$/m);
    expect(stderr).toBe('1 webhook to do. Nothing was changed.\n');
  });

  it('exits with 1 if an item failed, and shows the reason', async () => {
    const answer = (parameters: Readonly<Record<string, unknown>>) =>
      parameters.plan
        ? planOf(['1'])
        : bulk([
            item('1', { result: 'failed', error: { name: 'AsanaForbidden', message: 'No.\nAsana says: x' } }),
          ]);
    const { code, stdout, stderr } = await runCli(args, { answers: { createWebhooks: answer } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/1 +Project 1 +create +task +failed +No\. Asana says: x\n/);
    expect(stderr).toContain('1 failed. Run the same command again to retry them.');
  });
});

describe('delete', () => {
  const answers: Setting['answers'] = {
    deleteWebhook: { data: {}, registry: null },
    getWebhook: managed,
    deleteWebhooks: (parameters) =>
      parameters.plan
        ? planOf(['1', '2'], { action: 'delete' })
        : bulk((parameters.resources as string[]).map((gid) => item(gid, { action: 'delete' }))),
  };

  it.each([
    ['--plan', '--yes'],
    ['--yes', '--plan'],
  ])('with %s %s deletes nothing', async (...flags) => {
    const { code, stdout, calls } = await runCli(['delete', '1209', ...flags], { answers });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'This would delete 1209 on 1208: task.added.\n' });
    expect(calls.map(({ operation }) => operation)).toEqual(['getWebhook']);
  });

  it('deletes several gids, each once, and lists the webhooks that could not be deleted', async () => {
    const some: Setting['answers'] = {
      ...answers,
      deleteWebhook: ({ webhookGid }) =>
        webhookGid === '2' ? new Failed('No access.', 'AsanaForbidden') : { data: {}, registry: null },
    };
    const ran = await runCli(['delete', '1', '2', '3', '1', '--yes'], { answers: some });
    expect(ran.calls.map(({ parameters }) => parameters.webhookGid)).toEqual(['1', '2', '3']);
    expect(ran).toMatchObject({ code: 1, stdout: 'Webhook 1 is deleted.\nWebhook 3 is deleted.\n' });
    expect(ran.stderr).toContain('1 webhook not deleted. [BulkFailed]\n      2: No access.');
  });

  it('--all asks for confirmation with the number of webhooks', async () => {
    const { code, stderr } = await runCli(['delete', '--all'], { answers });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'Delete 2 webhooks of the connection default? There is no terminal to ask: add --yes.',
    );
  });

  it('refuses options for many webhooks together with a gid', async () => {
    for (const more of [['--all'], ['--resource', '1'], ['--requests-per-minute', '5']]) {
      expect(await runCli(['delete', '1', '--yes', ...more], { answers })).toMatchObject({
        code: 2,
        calls: [],
      });
    }
  });
});

describe('connections', () => {
  const stored = {
    data: [
      { connection: 'a', kind: 'personalAccessToken', state: 'ready' },
      { connection: 'b', kind: 'empty', state: 'empty' },
    ],
  };
  const answers: Setting['answers'] = { listConnections: stored, checkConnection: checked('refused', 'a') };

  it.each([['connections'], ['connections list']])(
    '%s shows whether Asana accepts the token',
    async (line) => {
      const { stdout, calls } = await runCli(line.split(' '), { answers });
      expect(stdout).toMatch(/^a +personalAccessToken +refused$/m);
      expect(stdout).toMatch(/^b +empty +empty$/m);
      expect(calls.map(({ operation }) => operation)).toEqual(['listConnections', 'checkConnection']);
    },
  );

  it('--offline does not ask Asana', async () => {
    const { stdout, calls } = await runCli(['connections', 'list', '--offline'], { answers });
    expect(stdout).toMatch(/^a +personalAccessToken +ready$/m);
    expect(calls).toHaveLength(1);
  });

  it('shows the stored connections if Asana cannot be reached', async () => {
    const down: Setting['answers'] = { ...answers, checkConnection: new Failed('Down.', 'AsanaUnavailable') };
    expect((await runCli(['connections'], { answers: down })).stdout).toMatch(
      /^a +personalAccessToken +ready$/m,
    );
  });

  it('check exits with 1 if the connection does not work', async () => {
    const ran = await runCli(['connections', 'check', 'a'], { answers });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('a does not work: it is refused') });
    const works: Setting['answers'] = { checkConnection: checked('ready') };
    expect((await runCli(['connections', 'check', 'default'], { answers: works })).code).toBe(0);
  });

  it('check names the scopes that are missing to show the user', async () => {
    const { data } = checked('ready');
    const limited = { data: { ...data, user: null, missingScopes: ['users:read'] } };
    const { stdout } = await runCli(['connections', 'check', 'default'], {
      answers: { checkConnection: limited },
    });
    expect(stdout).toContain('Asana does not show the user: the token does not have users:read.');
  });

  it.each([
    ['none', false],
    ['revoked', false],
    ['not-revoked', true],
    ['unknown', true],
  ])('delete says if a grant may still be valid (grant: %s)', async (grant, isSaid) => {
    const { stdout } = await runCli(['connections', 'delete', 'a', '--yes', '--force'], {
      answers: { deleteConnection: { data: { connection: 'a', webhooks: 0, grant } } },
    });
    expect(stdout).toContain('Connection a is deleted.');
    expect(stdout.includes('A grant may still be valid at Asana.')).toBe(isSaid);
  });
});

describe('connect', () => {
  it('checks that the function can be reached before it asks for a token', async () => {
    const ran = await runCli(['connect', 'default'], {
      stdin: 'token',
      answers: { putConnection: checked('ready') },
    });
    expect(ran).toMatchObject({ code: 1, calls: [{ operation: 'listConnections' }] });
  });
});

describe('events', () => {
  const event = (id: string, at: string, more: object = {}) => ({
    id,
    subscription: facts.subscription,
    webhook: { gid: '1209', resource: '1208', connection: 'sales' },
    event: {
      created_at: at,
      action: 'changed',
      user: { gid: '12' },
      resource: { gid: '34', resource_type: 'task' },
      change: { field: 'due_on', action: 'changed' },
      ...more,
    },
  });
  const page = { data: [event('E1', '2026-11-23T11:58:00.000Z')], nextToken: 'more' };

  it('list shows the newest events first, and the command for the next page', async () => {
    const { stdout, stderr, calls } = await runCli(['events', 'list', '--from', '2h', '--next', 'x'], {
      answers: { listEvents: page },
    });
    expect(stdout).toMatch(
      /^WHEN +WHAT +BY +WEBHOOK +EVENT\n2 min ago +task 34 changed: due_on +12 +1209 +E1\n$/,
    );
    expect(stderr).toBe('There are more events. Add --next more\n');
    expect(calls[0]?.parameters).toMatchObject({ newestFirst: true, nextToken: 'x', limit: 100 });
    expect(Date.parse(String(calls[0]?.parameters.from))).toBeLessThan(Date.now() - 7_100_000);
  });

  it('list --json keeps the token and the ISO times', async () => {
    const { stdout } = await runCli(['events', 'list', '--json'], { answers: { listEvents: page } });
    expect(JSON.parse(stdout)).toEqual(page);
  });

  it('get shows a whole event', async () => {
    const answers = { getEvent: { data: event('E1', '2026-11-23T11:58:00.000Z') } };
    const args = ['events', 'get', 'E1', '--webhook', '1209', '--at', '2026-11-23T11:58:00Z'];
    const { stdout, calls } = await runCli(args, { answers });
    expect(stdout).toContain('"field": "due_on"');
    expect(calls[0]?.parameters).toEqual({
      webhookGid: '1209',
      eventId: 'E1',
      createdAt: '2026-11-23T11:58:00.000Z',
    });
    expect(await runCli(['events', 'get', 'E1'], { answers })).toMatchObject({ code: 2, calls: [] });
  });

  it('tail shows the webhook and the connection, and continues after a failed poll', async () => {
    const first = event('E1', '2026-11-23T11:58:00.000Z');
    const second = event('E2', '2026-11-23T12:00:01.000Z');
    const polls = [{ data: [first], nextToken: null }, new Failed('Throttled.', 'StorageUnavailable')];
    const ran = await runCli(['events', 'tail'], {
      answers: { listEvents: () => polls.shift() ?? { data: [first, second], nextToken: null } },
      onSleep: (_, interrupt) => polls.length === 0 && interrupt(),
    });
    // The interrupt comes in the pause after the failure, so there is no further poll.
    expect(ran.stderr).toContain('warning Throttled. Retrying.');
    expect(ran.code).toBe(0);
    const again = [
      { data: [first], nextToken: null },
      new Failed('Throttled.'),
      { data: [first, second], nextToken: null },
    ];
    const followed = await runCli(['events', 'tail'], {
      answers: { listEvents: () => again.shift() ?? { data: [], nextToken: null } },
      onSleep: (_, interrupt) => again.length === 0 && interrupt(),
    });
    expect(followed.stdout).toMatch(/^\d\d:\d\d:01 {2}task 34 changed: due_on {2}\(sales 1209 sub_\S+\)\n$/);
    expect(followed.stderr).toContain('Connected again.');
    expect(followed.pauses).toEqual([1_000, 2_000, 1_000]);
  });
});

describe('a question', () => {
  const answers: Setting['answers'] = { deleteWebhook: { data: {}, registry: null } };
  const ask = (stdin: string) => runCli(['delete', '1209'], { answers, stdin, columns: 80 });

  it('is accepted with y', async () => {
    const ran = await ask('y\r');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Webhook 1209 is deleted.') });
    expect(ran.stderr).toContain('Delete the webhook 1209? Asana then sends no more events for it.');
  });

  it.each([
    ['no', '\r', 2],
    ['Ctrl-C', '\u0003', 130],
  ])('changes nothing after %s', async (_, typed, code) => {
    expect(await ask(typed)).toMatchObject({
      code,
      calls: [],
      stderr: expect.stringContaining('Nothing was changed.'),
    });
  });
});

describe('replay', () => {
  const plan = { data: { events: 3, from: 'a', to: 'b', isComplete: true } };
  const done = { data: { replayId: 'r', status: 'done', at: 'x', sent: 3, refused: 0 } };
  const answers: Setting['answers'] = { replayEvents: ({ plan: isPlan }) => (isPlan ? plan : done) };

  it('asks with the number of events and the consumer, and needs --yes without a terminal', async () => {
    const { code, stderr, calls } = await runCli(['replay'], { answers });
    expect({ code, calls: calls.length }).toEqual({ code: 2, calls: 1 });
    expect(stderr).toContain(
      'Send 3 events again to every consumer? There is no terminal to ask: add --yes.',
    );
    expect((await runCli(['replay', '--consumer', 'billing'], { answers })).stderr).toContain(
      'the consumer billing?',
    );
    expect((await runCli(['replay', '--yes'], { answers })).stdout).toBe('Sent 3 events as replay r.\n');
  });

  it('warns of events that the bus refused', async () => {
    const refusing = { data: { ...done.data, sent: 2, refused: 1 } };
    const replayEvents = ({ plan: isPlan }: { plan?: boolean }) => (isPlan ? plan : refusing);
    const { stdout, stderr } = await runCli(['replay', '--yes'], { answers: { replayEvents } });
    expect(stdout).toBe('Sent 2 events as replay r.\n');
    expect(stderr).toContain('The bus refused 1 event.');
  });

  it('shows in a plan that not all events were counted', async () => {
    const partly = { data: { ...plan.data, isComplete: false } };
    const { stdout } = await runCli(['replay', '--plan'], { answers: { replayEvents: partly } });
    expect(stdout).toBe('3 events or more, from a to b.\n');
  });

  it('fails before any event is sent if there is no such consumer', async () => {
    const refused = new Failed('There is no consumer "nosuch".', 'UnknownConsumer');
    const ran = await runCli(['replay', '--consumer', 'nosuch', '--yes'], {
      answers: { replayEvents: refused },
    });
    expect(ran).toMatchObject({ code: 1, calls: [{ parameters: { consumer: 'nosuch', plan: true } }] });
  });
});

describe('text from Asana', () => {
  const nasty = 'a\u001b]0;title\u0007b\u001b[2Jc\u009b31md\u202ee';

  it('is printed without escape sequences, in lists and errors', async () => {
    const named = { ...webhook, resource: { ...webhook.resource, name: nasty } };
    const answers: Setting['answers'] = {
      checkConnection: checked('ready'),
      getWebhooks: { data: [named], next_page: null, registry: { 1209: facts } },
      getWebhook: new Failed(`Asana says: ${nasty}`, 'AsanaForbidden'),
    };
    for (const columns of [undefined, 100]) {
      const { stdout } = await runCli(['list'], { answers, columns });
      expect(hasControls(stripVTControlCharacters(stdout))).toBe(false);
      expect(stdout).toContain('abcde');
    }
    const { stderr } = await runCli(['get', '1209'], { answers });
    expect(stderr).toContain('Asana says: abcde');
    const json = await runCli(['list', '--json'], { answers });
    expect(hasControls(json.stdout)).toBe(false);
    expect(JSON.parse(json.stdout).data[0].resource.name).toBe(nasty);
  });

  it('is printed after our own message, on lines of its own', async () => {
    const message =
      'The call POST /webhooks to Asana failed: status 403. The cause is a missing scope.\nAsana says: Forbidden\nhttps://x';
    const answers = { createWebhook: new Failed(message, 'AsanaForbidden') };
    const { stderr } = await runCli(['create', '1'], { answers });
    expect(stderr).toBe(
      'error The call POST /webhooks to Asana failed: status 403. The cause is a missing scope. [AsanaForbidden]\n' +
        '      Asana says: Forbidden\n      https://x\n',
    );
    const json = await runCli(['create', '1', '--json'], { answers });
    expect(JSON.parse(json.stderr)).toEqual({ error: { name: 'AsanaForbidden', message } });
    expect(json.stderr.split('\n')).toHaveLength(2);
  });
});

describe('list', () => {
  const answers: Setting['answers'] = {
    checkConnection: checked('ready'),
    getWebhooks: { data: [webhook], next_page: null, registry: { 1209: facts } },
  };

  it('shows relative times, and ISO times in JSON', async () => {
    const { stdout } = await runCli(['list'], { answers, now: noon });
    expect(stdout).toMatch(
      /^1209 +Bugs +1208 +task\.added +active +active +3 min ago +sub_OfWmBv2tq0mIXpJ3H5nAfQ$/m,
    );
    expect((await runCli(['list', '--json'], { answers })).stdout).toContain('"2026-11-23T11:57:00.000Z"');
  });

  it.each([40, 60, 80, 100, 120])('fits %i columns', async (columns) => {
    const gid = '1209000000000042';
    const filters = [{ resource_type: 'task', action: 'changed', fields: ['due_on', 'completed'] }];
    const resource = { gid: '1208000000000001', name: 'Everything about the product' };
    const data = [{ ...webhook, gid, filters, resource }];
    const { stdout } = await runCli(['list'], {
      answers: { ...answers, getWebhooks: { data, next_page: null, registry: { [gid]: facts } } },
      columns,
    });
    const lines = stripVTControlCharacters(stdout).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines[1]).toMatch(/^1209000000000042 .*active/);
  });
});

describe('a workspace that refuses the token', () => {
  const refusing: Setting['answers'] = {
    checkConnection: { data: { ...checked('ready').data, workspaces: [{ gid: '7' }, { gid: '8' }] } },
    getWebhooks: ({ workspace }) =>
      workspace === '8'
        ? new Failed('The token is blocked.', 'AsanaForbidden')
        : { data: [webhook], next_page: null, registry: { 1209: facts } },
  };

  it('does not hide the webhooks of the others, and is named', async () => {
    const { code, stdout, stderr } = await runCli(['list'], { answers: refusing });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1209') });
    expect(stderr).toContain('The webhooks of the workspace 8 are not listed. The token is blocked.');
    const json = await runCli(['list', '--json'], { answers: refusing });
    expect(JSON.parse(json.stdout).refused).toEqual([
      { workspace: '8', error: 'AsanaForbidden', message: 'The token is blocked.' },
    ]);
  });

  it('is a failure if every workspace refuses, or if it is the only one', async () => {
    const answers = { ...refusing, getWebhooks: new Failed('The token is blocked.', 'AsanaForbidden') };
    for (const args of [['list'], ['list', '--workspace', '8']]) {
      const { code, stderr } = await runCli(args, { answers });
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('The token is blocked.') });
    }
  });

  it('is not "no webhooks" if a scope is missing: list names the scope', async () => {
    const data = { ...checked('ready').data, user: null, workspaces: [], missingScopes: ['users:read'] };
    const { code, stderr } = await runCli(['list'], { answers: { checkConnection: { data } } });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('users:read is missing') });
    expect(stderr).toContain('subscriptions list');
  });

  it('is named by quota, whose numbers do not count it', async () => {
    const refused = [{ workspace: '8', error: 'AsanaForbidden', message: 'The token is blocked.' }];
    const data = { webhooks: { used: 1, limit: 2 }, resources: [], refused };
    const { stderr } = await runCli(['quota'], { answers: { getQuota: { data } } });
    expect(stderr).toContain('The webhooks of the workspace 8 are not counted.');
  });
});

describe('create --ensure', () => {
  const other = {
    subscription: 'sub_BBBBBBBBBBBBBBBBBBBBBB',
    name: 'tests',
    filters: [{ resource_type: 'story' }],
    wanted: 'on',
    webhook: null,
  };

  it('names the other subscriptions on the resource', async () => {
    const answers = {
      ensureWebhook: { data: webhook, registry: facts, ensured: 'found', others: [other] },
    };
    const { stdout, stderr, calls } = await runCli(['create', '1208', '--ensure', '--name', 'bugs'], {
      answers,
    });
    expect(stdout).toContain('Webhook 1209 is found');
    expect(stderr).toContain('sub_BBBBBBBBBBBBBBBBBBBBBB "tests": story, no webhook');
    expect(calls).toMatchObject([{ parameters: { resource: '1208', name: 'bugs' } }]);
  });

  it('says that a paused subscription is not resumed, and how to resume it', async () => {
    const answers = { ensureWebhook: { data: null, registry: facts, ensured: 'paused', others: [] } };
    const { stdout } = await runCli(['create', '1208', '--ensure'], { answers });
    expect(stdout).toContain('is paused, and was not resumed');
    expect(stdout).toContain('subscriptions resume sub_OfWmBv2tq0mIXpJ3H5nAfQ');
  });
});
