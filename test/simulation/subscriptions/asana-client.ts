import { hookKeyIn } from '../../../core/hook.ts';
import { takeHandshake } from '../../../core/receiving/handshake.ts';
import type { AsanaClient, CreatedWebhook } from '../../../core/subscriptions/ports.ts';
import type { Actor } from '../scheduler.ts';
import type { Fault } from '../trace.ts';
import { type AtAsana, bodyOf, refused, shown, timedOut, type Wanted, workspace } from './asana-model.ts';
import { baseUrl } from './base-url.ts';
import type { Caller } from './ledger.ts';
import type { World } from './world.ts';

/** The faults of a call to Asana. Our client repeats no call, so none is repeated. */
const everyFault: readonly Fault[] = ['crash', 'crash after', 'lose', 'fail', 'stall'];

/** Asana takes handshakes as a sender outside of our account: it does not crash. */
const handshakeFaults: readonly Fault[] = ['repeat', 'lose', 'fail', 'stall'];

/** Asana's clients as one caller sees them. Each call is a gate. */
export function asanaFor(
  world: World,
  caller: Caller,
  actor: Actor,
  faults: readonly Fault[] = everyFault,
): (connection: string) => AsanaClient {
  const { asana } = world;
  const userOf = (connection: string) => world.users.get(connection) ?? connection;
  const calls = {
    /** Begins a create call. Asana carries it out also if nobody waits for it. */
    async post(wanted: Wanted) {
      const answer = new Promise<CreatedWebhook>((resolve, reject) => {
        void actor.spawn('asana', (own) =>
          create(wanted, own, world, faults.length > 0).then(resolve, reject),
        );
      });
      answer.catch(() => undefined);
      return { answer };
    },
    /** The moment at which an answer arrives. */
    async arrive<T>(answer: T) {
      return answer;
    },
    get: async (user: string, gid: string) => bodyOf(asana.get(user, gid)),
    list: async (user: string, resource: string | undefined) => ({
      data: asana.list(user, resource).map(shown),
    }),
    async update(user: string, gid: string, filters: AtAsana['filters']) {
      const webhook = asana.get(user, gid);
      webhook.filters = filters;
      return bodyOf(webhook);
    },
    async remove(user: string, gid: string) {
      world.ledger.deletedAtAsana(caller, asana.delete(user, gid));
      return { data: {} };
    },
    workspaces: async () => [workspace],
  };
  const reads = ['get', 'list', 'workspaces', 'arrive'] as const;
  const port = actor.wrap(calls, 'asana', { reads, faults, unavailable: timedOut });
  return (connection) => ({
    async createWebhook({ resource, target, filters = [] }, { timeoutMs = 25_000 }) {
      const { answer } = await port.post({ user: userOf(connection), resource, target, filters });
      const timeout = actor.clock.sleep(timeoutMs).then(() => Promise.reject(timedOut('createWebhook')));
      timeout.catch(() => undefined);
      const created = await Promise.race([answer, timeout]);
      return port.arrive(created);
    },
    getWebhook: (gid) => port.get(userOf(connection), gid),
    getWebhooks: ({ resource }) => port.list(userOf(connection), resource),
    updateWebhook: (gid, { filters }) => port.update(userOf(connection), gid, filters),
    deleteWebhook: (gid) => port.remove(userOf(connection), gid),
    projects: async () => ({ items: [], next: undefined }),
    workspaces: () => port.workspaces(),
  });
}

/** Carries out a create call at Asana: the handshake first, then the webhook. */
async function create(wanted: Wanted, actor: Actor, world: World, mayFail: boolean): Promise<CreatedWebhook> {
  const secret = `asana-secret-${world.newId().padStart(8, '0')}`;
  const receiver = actor.wrap(world.receiver, 'handshake', {
    reads: ['find'],
    faults: mayFail ? handshakeFaults : [],
  });
  const hookKey = hookKeyIn(wanted.target, baseUrl) ?? '';
  const { encryptionKeys, now } = world;
  const outcome = await takeHandshake(hookKey, secret, { registry: receiver, encryptionKeys, now }).catch(
    () => undefined,
  );
  if (outcome?.kind !== 'handshake') {
    throw refused('AsanaBadRequest', 400, 'The remote server did not respond with the handshake secret.');
  }
  const webhook = await actor
    .wrap({ insert: async () => world.asana.insert(wanted, secret) }, 'asana', { faults: [] })
    .insert();
  return { body: bodyOf(webhook), webhookGid: webhook.gid, secret };
}
