import { NamedError } from '../../../core/errors.ts';
import { takeHandshake } from '../../../core/receiving/handshake.ts';
import { ensureWebhook } from '../../../core/subscriptions/ensure-webhook.ts';
import { createRandom, type Random } from '../../random.ts';
import type { Scenario } from '../explore.ts';
import type { Actor, Run } from '../scheduler.ts';
import { checkEffect, checkRest, hooksIn, namedSubscriptions } from './invariants.ts';
import { lifetimeMs, servicesFor } from './invocation.ts';
import { chooseOperation, type Theme } from './operations.ts';
import type { Plant } from './plants.ts';
import { connections, createWorld, type World } from './world.ts';

/** Longer than every lease, window and grace. */
const pauseMs = 20 * 60_000;

const faults = { crash: 0.006, 'crash after': 0.006, repeat: 0.01, lose: 0.008, fail: 0.006, stall: 0.004 };

/** What the interleavings contained, apart from the faults. */
export interface Seen {
  calls: number;
  succeeded: number;
  takeovers: number;
  forgeries: number;
  removedByAsana: number;
}

/** One interleaving: two rounds of calls with faults, and then calm. It is decided by its seed. */
export function interleaving(seed: number, plant: Plant = {}, seen?: Seen): Scenario {
  const random = createRandom(seed).fork('interleaving');
  const world = createWorld(random, plant);
  const theme = chooseTheme(random);
  const round = (actor: Actor, at: number) => {
    const count = 2 + random.below(2);
    const callers = Array.from({ length: count }, (_, index) =>
      actor.spawn(
        `call ${at}.${index + 1}`,
        callFor(world, theme, random.fork(`${at}.${index}`), seen),
        lifetimeMs,
      ),
    );
    if (random.chance(0.3)) callers.push(actor.spawn('forger', forge(world, seen)));
    if (random.chance(0.2)) callers.push(actor.spawn('asana itself', remove(world, random)));
    return Promise.all(callers);
  };
  const conductor: Run = async (actor) => {
    world.setClock(actor.clock.now);
    await round(actor, 1);
    await actor.clock.sleep(pauseMs);
    wearOut(world, random);
    if (random.chance(0.2)) world.users.set('shared', 'B');
    await round(actor, 2);
    await actor.clock.sleep(pauseMs);
    await calm(actor, world);
  };
  return {
    actors: { conductor },
    faults,
    maxFaults: random.below(6),
    slowness: random.chance(0.3) ? 0.02 : 0,
    stallMs: 20_000,
    check({ outcomes }) {
      checkRest(world);
      const { conductor: end } = outcomes;
      if (end?.status === 'failed') throw end.error;
      for (const outcome of Object.values(outcomes)) {
        if (outcome.status === 'stuck') world.ledger.broken.push('a call never ended');
        if (outcome.status === 'failed' && !(outcome.error instanceof NamedError)) throw outcome.error;
      }
      if (seen !== undefined) {
        seen.takeovers += world.ledger.takeovers;
        seen.removedByAsana += world.asana.removedByItself.size;
      }
      const [first] = world.ledger.broken;
      if (first !== undefined) throw new Error(first);
    },
  };
}

function chooseTheme(random: Random): Theme {
  return {
    connections: random.chance(0.5)
      ? [connections[random.below(4)] as string]
      : [...connections].slice(random.below(3)),
    resources: random.chance(0.6) ? ['1'] : ['1', '2'],
    names: random.chance(0.7) ? ['orders'] : ['orders', 'bugs'],
  };
}

/** One call, in an invocation of its own. */
function callFor(world: World, theme: Theme, random: Random, seen: Seen | undefined): Run {
  return async (actor) => {
    const gate = actor.wrap({ wait: async () => undefined }, 'caller', { reads: ['wait'], faults: [] });
    for (let left = random.below(2) * random.below(25); left > 0; left -= 1) await gate.wait();
    const { label, ends, run } = chooseOperation(random, theme, world);
    const caller = { name: actor.name, ends };
    // The choice is a step, so that the trace shows it.
    await actor.wrap({ [label]: async () => ends }, 'asked to', { faults: [] })[label]?.();
    if (seen !== undefined) seen.calls += 1;
    const effect = await run(servicesFor(world, caller, actor));
    checkEffect(effect, caller, world);
    if (seen !== undefined) seen.succeeded += 1;
    return effect;
  };
}

/** Somebody who has learned the hook keys, and sends a handshake for each hook that is being created. */
function forge(world: World, seen: Seen | undefined): Run {
  return async (actor) => {
    const { encryptionKeys, now } = world;
    const gate = actor.wrap({ wait: async () => undefined }, 'forger', { reads: ['wait'], faults: [] });
    const receiver = actor.wrap(world.receiver, 'forgery', { reads: ['find'], faults: [] });
    for (let left = 10 + actor.random.below(60); left > 0; left -= 1) {
      await gate.wait();
      const hook = hooksIn(world).find(({ status }) => status === 'registering');
      if (hook === undefined || actor.random.chance(0.7)) continue;
      const result = await takeHandshake(hook.hookKey, 'forged-secret-0001', {
        registry: receiver,
        encryptionKeys,
        now,
      });
      if (seen !== undefined && result.kind === 'handshake') seen.forgeries += 1;
    }
  };
}

/** Asana removes a webhook by itself. */
function remove(world: World, random: Random): Run {
  return async (actor) => {
    const gate = actor.wrap({ wait: async () => undefined }, 'asana itself', { reads: ['wait'], faults: [] });
    for (let left = random.below(40); left > 0; left -= 1) await gate.wait();
    const [gid] = world.asana.webhooks.keys();
    if (gid !== undefined) world.asana.drop(gid);
  };
}

/** Between the rounds, Asana sets some webhooks inactive, and removes some. */
function wearOut({ asana }: World, random: Random): void {
  for (const webhook of [...asana.webhooks.values()]) {
    if (random.chance(0.15)) webhook.active = false;
    else if (random.chance(0.1)) asana.drop(webhook.gid);
  }
}

/** Calls `ensureWebhook` once for each named subscription that is wanted `on`, without faults. */
async function calm(actor: Actor, world: World): Promise<void> {
  for (const { id, connection, name = '', resource, filters } of namedSubscriptions(world)) {
    // The connection has the credentials that created the current hook.
    const active = hooksIn(world).filter((hook) => hook.subscription === id && hook.status === 'active');
    world.users.set('shared', active[0]?.owner?.userGid ?? 'A');
    if (namedSubscriptions(world).find((now) => now.id === id)?.wanted !== 'on') continue;
    const caller = { name: `calm ${id}` };
    const parameters = { connection, name, resource, filters: [...filters] };
    const call = () => ensureWebhook(parameters, servicesFor(world, caller, actor, { faults: [] }));
    const { data, registry } = await withPatience(call, actor);
    const hook = hooksIn(world).find((row) => row.webhookGid === data?.gid);
    if (hook?.status !== 'active' || !world.asana.webhooks.has(data?.gid ?? '')) {
      world.ledger.broken.push(
        `(8) the calm call succeeded, but ${registry?.subscription} has no working hook`,
      );
    }
  }
}

/** Repeats a call that ran out of time, because time also passes during calls in some runs. */
async function withPatience<T>(call: () => Promise<T>, actor: Actor): Promise<T> {
  for (let left = 5; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (left === 0 || !(error instanceof NamedError) || error.name !== 'AsanaTimeout') throw error;
      await actor.clock.sleep(pauseMs);
    }
  }
}
