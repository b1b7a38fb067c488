import type { Deliveries, DeliveryRecord } from './deliveries.ts';
import { AsanaFault } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { Access, OAuthApp, SimulatedWebhook, World } from './model.ts';
import { revokeGrants } from './oauth.ts';
import { newAccess, type Seed, type Seeded, seedWorld } from './seed.ts';
import { find } from './tasks.ts';
import { presentWebhook } from './webhooks.ts';

/** One API call as it was sent over the network, without its token. */
export interface RequestRecord {
  /** When the call arrived. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** The query as it was in the URL, without the question mark. */
  readonly query: string;
  readonly body: string;
  readonly contentType: string;
  readonly status: number | 'none';
}

/** A delivery as the log shows it. Body and headers are present only if they were requested. */
export type ShownDelivery = Omit<DeliveryRecord, 'body' | 'headers'> &
  Partial<Pick<DeliveryRecord, 'body' | 'headers'>>;

/** The controls of the simulated Asana, for tests and people. HTTP has the same controls under `/simulator/`. */
export interface Controls {
  seed(seed?: Seed): Seeded;
  /** Moves time forward and runs everything that becomes due, including deliveries. */
  advance(ms: number): Promise<void>;
  /** Delivers the waiting events now. */
  settle(): Promise<void>;
  deliveries(options?: { readonly webhook?: string; readonly raw?: boolean }): readonly ShownDelivery[];
  /** Repeats a webhook's last delivery unchanged, also after the webhook's deletion. @throws AsanaFault 404 */
  resend(webhook: string): Promise<void>;
  /** Delivers events unchanged, with any content. @throws AsanaFault 400 if JSON cannot represent them */
  inject(webhook: string, events: readonly Record<string, unknown>[]): void;
  requests(): readonly RequestRecord[];
  addFault(fault: Fault): void;
  clearFaults(): void;
  faults(): readonly Fault[];
  /** Returns the webhooks of all owners. */
  webhooks(): readonly Record<string, unknown>[];
  /** Refuses a token from now on, or accepts it again if `why` is null. */
  refuse(token: string, why: Access['refused']): void;
  /** Registers an app with Asana. */
  registerApp(app: OAuthApp): void;
  /** Sets whether the user grants or refuses an app's requests from now on. */
  setConsent(consent: World['consent']): void;
  /** Revokes the user's grants to an app. */
  revokeApp(clientId: string): void;
  /** Returns the number of token requests, successful or not. */
  tokenCalls(): number;
  /** Returns another token of a user, for the app `app` or, by default, for personal access tokens. */
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
