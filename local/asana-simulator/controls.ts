import type { Deliveries, DeliveryRecord } from './deliveries.ts';
import { AsanaFault } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { Access, OAuthApp, SimulatedWebhook, World } from './model.ts';
import { revokeGrants } from './oauth.ts';
import { newAccess, type Seed, type Seeded, seedWorld } from './seed.ts';
import { find } from './tasks.ts';
import { presentWebhook } from './webhooks.ts';

/** One call of the API, as it was on the wire but for its token. */
export interface RequestRecord {
  /** When it came. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** As it stood in the address, without the question mark. */
  readonly query: string;
  readonly body: string;
  readonly contentType: string;
  readonly status: number | 'none';
}

/** A delivery as the log shows it; body and headers only where they are asked for. */
export type ShownDelivery = Omit<DeliveryRecord, 'body' | 'headers'> &
  Partial<Pick<DeliveryRecord, 'body' | 'headers'>>;

/** What tests and people can do to the simulated Asana. The same is there by HTTP under `/simulator/`. */
export interface Controls {
  seed(seed?: Seed): Seeded;
  /** Moves time forward and runs everything that falls due, deliveries included. */
  advance(ms: number): Promise<void>;
  /** Delivers what waits, now. */
  settle(): Promise<void>;
  deliveries(options?: { readonly webhook?: string; readonly raw?: boolean }): readonly ShownDelivery[];
  /** Sends a webhook's last delivery again, as it was; also after its deletion. @throws AsanaFault 404 */
  resend(webhook: string): Promise<void>;
  /** Delivers events as they are, whatever they hold. @throws AsanaFault 400 where JSON cannot say them */
  inject(webhook: string, events: readonly Record<string, unknown>[]): void;
  requests(): readonly RequestRecord[];
  addFault(fault: Fault): void;
  clearFaults(): void;
  faults(): readonly Fault[];
  /** All webhooks, whoever owns them. */
  webhooks(): readonly Record<string, unknown>[];
  /** Refuses a token from now on, or takes it again with null. */
  refuse(token: string, why: Access['refused']): void;
  /** Registers an app with Asana. */
  registerApp(app: OAuthApp): void;
  /** What the user says from now on when an app asks. */
  setConsent(consent: World['consent']): void;
  /** The user takes back what an app was granted. */
  revokeApp(clientId: string): void;
  /** How often tokens were asked for, successfully or not. */
  tokenCalls(): number;
  /** Another token, of the same user and, unless named, the same app. */
  newToken(user: string, app?: string): string;
}

export function createControls(
  world: World,
  {
    deliveries,
    faults,
    requests,
  }: {
    readonly deliveries: Deliveries;
    readonly faults: Faults;
    readonly requests: readonly RequestRecord[];
  },
): Controls {
  /** @throws AsanaFault 404 */
  function webhookOf(gid: string): SimulatedWebhook {
    const webhook = world.webhooks.get(gid);
    if (webhook) return webhook;
    throw new AsanaFault(404, `There is no webhook ${gid}`);
  }

  return {
    seed: (seed) => seedWorld(world, seed),
    advance: (ms) => world.clock.advance(ms),
    settle: () => deliveries.flush(),
    deliveries: ({ webhook, raw = false } = {}) =>
      deliveries.log
        .filter((record) => webhook === undefined || record.webhook === webhook)
        .map(({ body, headers, ...shown }) => (raw ? { ...shown, body, headers } : shown)),
    resend: (webhook) => deliveries.resend(webhook),
    inject: (gid, events) => deliveries.inject(webhookOf(gid), events),
    requests: () => requests,
    addFault(fault) {
      if (fault.on === 'delivery' && fault.webhook !== undefined) webhookOf(fault.webhook);
      faults.add(fault);
    },
    clearFaults: () => faults.clear(),
    faults: () => faults.list(),
    webhooks: () => [...world.webhooks.values()].map(presentWebhook),
    refuse(token, why) {
      const access = world.accesses.get(token);
      if (!access) throw new AsanaFault(404, 'There is no such token');
      access.refused = why;
    },
    registerApp: (app) => void world.apps.set(app.clientId, app),
    setConsent(consent) {
      world.consent = consent;
    },
    revokeApp(clientId) {
      const app = world.apps.get(clientId);
      if (!app) throw new AsanaFault(404, 'There is no such app');
      revokeGrants(world, () => true, app);
    },
    tokenCalls: () => world.tokenCalls,
    newToken: (user, app) => newAccess(world, find(world, 'user', user), undefined, app).token,
  };
}
