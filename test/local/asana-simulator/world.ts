import { createServer } from 'node:http';
import { createClock, type SimulatorClock } from '../../../local/asana-simulator/clock.ts';
import type { Knobs } from '../../../local/asana-simulator/knobs.ts';
import { type Simulator, startSimulator } from '../../../local/asana-simulator/simulator.ts';
import { type Listening, listen } from '../../../local/aws/listen.ts';

/** A request that a target received. */
export interface Received {
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A target of webhooks whose answers a test can set. */
export interface Target extends Listening {
  /** The received requests, in order. */
  readonly received: Received[];
  /** The status of the next answers. An answer to a handshake returns the secret, unless `echo` is false. */
  status: number;
  echo: boolean;
  /** Whether the target accepts the next requests but never answers. */
  isSilent: boolean;
  body: string;
}

export async function startTarget(): Promise<Target> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    received.push({ rawHeaders: request.rawHeaders, headers: request.headers, body });
    const secret = request.headers['x-hook-secret'];
    if (target.isSilent) return;
    if (secret !== undefined && target.echo) response.setHeader('X-Hook-Secret', secret);
    response.writeHead(target.status).end(target.body);
  });
  const target: Target = {
    ...(await listen(server, 0)),
    received,
    status: 200,
    echo: true,
    isSilent: false,
    body: '',
  };
  return target;
}

/** A simulated Asana with a project, and a target for webhooks. */
export interface TestWorld {
  readonly simulator: Simulator;
  readonly clock: SimulatorClock;
  readonly seeded: ReturnType<Simulator['seed']>;
  readonly target: Target;
  /** Calls the API. */
  call(
    method: string,
    path: string,
    data?: object,
    token?: string,
  ): Promise<{ status: number; body: Body; headers: Headers }>;
  /** Creates a webhook on the project. Returns the webhook's gid. */
  webhook(changes?: object): Promise<string>;
  /** Returns the events that the target received, from all deliveries. */
  events(): readonly Record<string, unknown>[];
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
export type Body = any;

/** Starts a world. Its clock stands still until it is moved, unless another clock is passed. */
export async function startWorld(
  knobs: Partial<Knobs> = {},
  clock = createClock({ manual: true, startAt: new Date('2026-11-23T10:00:00.000Z') }),
): Promise<TestWorld> {
  const simulator = await startSimulator({ clock, knobs });
  const seeded = simulator.seed();
  const target = await startTarget();
  const call: TestWorld['call'] = async (method, path, data, token = seeded.token) => {
    const response = await fetch(`${simulator.baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: data === undefined ? undefined : JSON.stringify({ data }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
  return {
    simulator,
    clock,
    seeded,
    target,
    call,
    async webhook(changes = {}) {
      const data = { resource: seeded.project, target: `${target.url}/hook`, ...changes };
      const { status, body } = await call('POST', '/webhooks', data);
      if (status !== 201) throw new Error(`The webhook was not created: ${JSON.stringify(body)}`);
      return body.data.gid;
    },
    events: () =>
      target.received.flatMap(({ body }) => (body.startsWith('{"events"') ? JSON.parse(body).events : [])),
    async close() {
      await simulator.close();
      await target.close();
    },
  };
}
