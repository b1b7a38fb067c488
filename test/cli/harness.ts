import { PassThrough, Readable, Writable } from 'node:stream';
import { Failed } from '../../cli/errors.ts';
import type { Manage, Place } from '../../cli/manage.ts';
import { run } from '../../cli/run.ts';
import type { Screen, Terminal } from '../../cli/terminal.ts';
import type { OperationName } from '../../contract/operations.ts';

/** A call of the management function. */
export interface Call {
  readonly operation: OperationName;
  readonly parameters: Readonly<Record<string, unknown>>;
}

type Answer = object | Error | ((parameters: Readonly<Record<string, unknown>>) => object | Error);

export interface Setting {
  /** The result of each operation. An operation without a result fails. */
  readonly answers?: Partial<Readonly<Record<OperationName, Answer>>>;
  /** The input: typed if there is a terminal, otherwise piped. */
  readonly stdin?: string;
  /** The width of the terminal. Without it, there is no terminal. */
  readonly columns?: number;
  readonly now?: Date;
  /** Called for each pause, which takes no time. */
  readonly onSleep?: (ms: number, interrupt: () => void) => void;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
  readonly pauses: readonly number[];
  /** The places where the command looked for the function. */
  readonly places: readonly Place[];
}

export const noon = new Date('2026-11-23T12:00:00.000Z');

const webhook = { gid: '1209', active: true, resource: { gid: '1208' }, filters: [] };
const managed = { data: webhook, registry: null };
const subscription = {
  subscription: 'sub_AAAAAAAAAAAAAAAAAAAAAA',
  name: null,
  connection: 'default',
  resource: '1208',
  filters: [],
  wanted: 'on',
  managedBy: 'person',
  createdAt: '2026-11-23T10:00:00.000Z',
  webhook: null,
};
const items = [{ resource: '1', action: 'create', result: 'waiting' }];
const bulk = ({ plan }: Readonly<Record<string, unknown>>) => ({
  data: plan
    ? { status: 'planned', items }
    : { status: 'done', items: items.map((item) => ({ ...item, result: 'done' })) },
});
const ready = {
  connection: 'a',
  kind: 'oauth2',
  state: 'ready',
  user: null,
  workspaces: [{ gid: '7' }],
  scopes: null,
  missingScopes: [],
  can: {},
};

/** A result for every operation, for tests that do not check results. */
export const everyAnswer: Setting['answers'] = {
  createWebhook: managed,
  ensureWebhook: { ...managed, ensured: 'found', others: [] },
  listSubscriptions: { data: [subscription] },
  getSubscription: { data: { ...subscription, webhooks: [] } },
  updateSubscription: { data: subscription },
  getWebhook: managed,
  updateWebhook: managed,
  deleteWebhook: { data: {}, registry: null },
  getWebhooks: { data: [webhook], next_page: null, registry: {} },
  createWebhooks: bulk,
  deleteWebhooks: bulk,
  getQuota: { data: { webhooks: { used: 1, limit: 2 }, resources: [], refused: [] } },
  listConnections: { data: [{ connection: 'a', kind: 'oauth2', state: 'ready' }] },
  checkConnection: { data: ready },
  putConnection: { data: ready },
  deleteConnection: { data: { grant: 'none' } },
  // There is no browser. A test sees that it would be opened.
  beginOAuth: new Failed('There is no browser in this test.', 'NoBrowser'),
  listEvents: { data: [], nextToken: null },
  getEvent: { data: { id: 'E', subscription: 's', event: {} } },
  replayEvents: ({ plan }) => ({
    data: plan
      ? { events: 1, from: null, to: null, isComplete: true }
      : { replayId: 'r', status: 'done', at: '', sent: 1, refused: 0 },
  }),
  listDeadLetters: { data: [], queues: {}, isComplete: true },
  redriveDeadLetters: { data: { messages: 0, events: 0, left: [], isComplete: true } },
};

/** Runs a command line in this process, with a management function that returns the given results. */
export async function runCli(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const calls: Call[] = [];
  const pauses: number[] = [];
  const places: Place[] = [];
  const screens = { stdout: createScreen(setting.columns), stderr: createScreen(setting.columns) };
  let interrupt = () => {};
  const terminal: Terminal = {
    stdin: inputOf(setting),
    stdout: screens.stdout.stream,
    stderr: screens.stderr.stream,
    now: () => setting.now ?? noon,
    async sleep(ms) {
      pauses.push(ms);
      setting.onSleep?.(ms, interrupt);
    },
    onInterrupt: (listener) => {
      interrupt = listener;
    },
  };
  const manage = (async (operation: OperationName, parameters: Readonly<Record<string, unknown>>) => {
    // A copy, as after a call over the network.
    const sent = JSON.parse(JSON.stringify(parameters)) as Readonly<Record<string, unknown>>;
    calls.push({ operation, parameters: sent });
    const answer = setting.answers?.[operation];
    if (answer === undefined) throw new Failed(`${operation} was not expected`, 'Unexpected');
    const value = typeof answer === 'function' ? answer(sent) : answer;
    if (value instanceof Error) throw value;
    return value;
  }) as unknown as Manage;
  const code = await run(args, terminal, {
    createManage(place) {
      places.push(place);
      return manage;
    },
  });
  return { code, stdout: screens.stdout.text(), stderr: screens.stderr.text(), calls, pauses, places };
}

function inputOf({ stdin, columns }: Setting): Terminal['stdin'] {
  if (columns === undefined) return Readable.from(stdin === undefined ? [] : [stdin]);
  // A person types after the question is shown.
  const typed = new PassThrough();
  setTimeout(() => typed.write(stdin ?? ''), 20);
  return Object.assign(typed, { isTTY: true });
}

function createScreen(columns: number | undefined): { readonly stream: Screen; text(): string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  // As with the streams of a process, the end of a question does not end the stream.
  const screen = Object.assign(stream, { isTTY: columns !== undefined, columns, end: () => stream });
  return { stream: screen, text: () => text };
}
