import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { admit, faulty, recordCalls } from './admit.ts';
import { type Env, json } from './call.ts';
import { createClock, type SimulatorClock } from './clock.ts';
import { type Controls, createControls, type RequestRecord } from './controls.ts';
import { createDeliveries } from './deliveries.ts';
import { AsanaFault, envelopeOf } from './errors.ts';
import { createFaults } from './faults.ts';
import { defaultKnobs, type Knobs } from './knobs.ts';
import { createWorld } from './model.ts';
import { refuseOtherSites } from './other-sites.ts';
import { createRateLimits } from './rate-limits.ts';
import { addEventRoutes } from './routes/events.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { simulatorRoutes } from './routes/simulator.ts';
import { addTaskRoutes } from './routes/tasks.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import { addWorkspaceRoutes } from './routes/workspaces.ts';
import type { Seed, Seeded } from './seed.ts';

export interface SimulatorOptions {
  /** @default 0, which selects a free port */
  readonly port?: number;
  /** @default - a clock that follows the wall clock and can be moved forward */
  readonly clock?: SimulatorClock;
  readonly knobs?: Partial<Knobs>;
  /** The address of a tunnel to the simulator. The simulator also accepts the tunnel's requests. */
  readonly publicUrl?: string;
}

/** A simulated Asana that listens on 127.0.0.1. */
export interface Simulator {
  /** `http://127.0.0.1:<port>/api/1.0` */
  readonly baseUrl: string;
  readonly origin: string;
  readonly port: number;
  readonly controls: Controls;
  /** Method and path of every route of Asana, for the test of the coverage list. */
  readonly endpoints: readonly string[];
  seed(seed?: Seed): Seeded;
  close(): Promise<void>;
}

const basePath = '/api/1.0';

/** Starts a simulated Asana. @throws the server's own error, for example EADDRINUSE */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = createWorld(options.clock ?? createClock(), { ...defaultKnobs, ...options.knobs });
  const faults = createFaults();
  const deliveries = createDeliveries(world, faults);
  const requests: RequestRecord[] = [];
  const controls = createControls(world, { deliveries, faults, requests });

  const asana = new Hono<Env>();
  asana.use(
    '*',
    recordCalls(requests, world.clock),
    admit(world, createRateLimits(world)),
    faulty(faults, world.clock),
  );
  addWebhookRoutes(asana, world, { faults, deliveries }, basePath);
  addEventRoutes(asana, world);
  addWorkspaceRoutes(asana, world, basePath);
  addTaskRoutes(asana, world, basePath);
  const oauth = oauthRoutes(world, faults);
  const endpoints = [
    ...endpointsOf(asana),
    ...endpointsOf(oauth).map((endpoint) => endpoint.replace(' /', ' /-/')),
  ];

  const app = new Hono<Env>();
  app.route(basePath, asana);
  app.route('/-', oauth);
  app.route('/simulator', simulatorRoutes(controls));
  app.notFound((c) => json(c, 404, envelopeOf(new AsanaFault(404, 'No matching route for request'))));
  app.onError((error, c) => {
    const fault = error instanceof AsanaFault ? error : surprise(error);
    return json(c, fault.status, envelopeOf(fault), fault.headers);
  });

  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  refuseOtherSites(server, { publicUrl: options.publicUrl, navigable: ['/-/oauth_authorize'] });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    baseUrl: `${origin}${basePath}`,
    origin,
    port,
    controls,
    endpoints,
    seed: controls.seed,
    async close() {
      world.clock.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Returns the answer to an unexpected error. A body that is nested too deeply causes a stack overflow. */
function surprise(error: Error): AsanaFault {
  if (error instanceof RangeError && /call stack/.test(error.message))
    return new AsanaFault(400, 'The request is nested too deeply');
  return new AsanaFault(500, 'Server Error');
}

function endpointsOf({ routes }: Hono<Env>): readonly string[] {
  return routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
}
