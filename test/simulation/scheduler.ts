import { StorageUnavailable } from '../../core/errors.ts';
import { createRandom, type Random } from '../random.ts';
import { everyFault, type Fault, nameOf, printSteps, type Step } from './trace.ts';
import { type ActorClock, createVirtualTime } from './virtual-time.ts';

/** One of several tasks that run at the same time, like an invocation in its own container. */
export interface Actor {
  readonly name: string;
  readonly clock: ActorClock;
  /** Random numbers of this actor alone. */
  readonly random: Random;
  /**
   * Returns the port as this actor sees it. Each call of a method waits for its turn, and may have a fault. Everything
   * that actors share must be wrapped. `reads` lists the methods without an effect, which are never repeated.
   */
  wrap<Port extends object>(port: Port, name: string, options?: WrapOptions<Port>): Port;
  /**
   * Starts another actor, which continues if this actor dies. Returns how it ends. If the name is used, the new actor
   * has a number: `retry #2`. With `lifetimeMs`, the new actor is killed after this time, like an invocation.
   */
  spawn(name: string, run: Run, lifetimeMs?: number): Promise<Outcome>;
}

export interface WrapOptions<Port> {
  readonly reads?: readonly (keyof Port)[];
  /** The faults of this port. @default - all faults of the simulation */
  readonly faults?: readonly Fault[];
  /** The error of a call that fails, or whose answer is lost. @default StorageUnavailable */
  readonly unavailable?: (call: string) => Error;
}

export type Run = (actor: Actor) => Promise<unknown>;

export type Outcome =
  | { readonly status: 'done'; readonly value: unknown }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'crashed' }
  /** The actor waits for something that never happens. */
  | { readonly status: 'stuck' };

export interface Simulation {
  readonly seed: number;
  readonly actors: Readonly<Record<string, Run>>;
  /** The probability of each fault at each call, from 0 to 1. @default - no faults */
  readonly faults?: Partial<Readonly<Record<Fault, number>>>;
  /** How many faults of these there are in one run. @default 3 */
  readonly maxFaults?: number;
  /** Faults at certain calls. `nth` counts the calls of the actor, from 1. */
  readonly plan?: readonly { readonly actor: string; readonly nth: number; readonly fault: Fault }[];
  /** The probability that time goes to the next timer although calls wait, before each call. @default 0 */
  readonly slowness?: number;
  /** How long a call with the fault `stall` waits. @default 60_000 */
  readonly stallMs?: number;
  /** @default 2026-11-23T10:00:00.000Z */
  readonly startAt?: Date;
  /** @default 10_000 */
  readonly maxSteps?: number;
}

export interface Result {
  readonly seed: number;
  /** How each actor ended, by name. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  readonly steps: readonly Step[];
  /** The steps without values: the same for the same seed. */
  readonly trace: readonly string[];
  /** The steps with arguments and results, for the message of a failed test. */
  print(): string;
}

interface Waiting {
  readonly actor: ActorState;
  readonly call: string;
  readonly args: readonly unknown[];
  readonly isRead: boolean;
  readonly faults: readonly Fault[];
  readonly effect: () => unknown;
  readonly unavailable: (call: string) => Error;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  isRepetition: boolean;
  hasStalled: boolean;
}

interface ActorState {
  readonly name: string;
  calls: number;
  outcome?: Outcome;
  readonly end: (outcome: Outcome) => void;
}

/** The faults of a call that only reads. */
const faultsOfReads: readonly Fault[] = ['crash', 'fail', 'stall'];

/**
 * Runs actors at the same time, in an order that depends only on the seed. When every actor waits, one waiting call is
 * chosen and happens as a whole. If none waits for a call, time goes to the next timer. Nothing happens in real time.
 *
 * An actor that crashes is like a container that is killed: its calls never return, and no `finally` runs.
 *
 * @throws Error if the actors never end
 */
export async function simulate(simulation: Simulation): Promise<Result> {
  const { seed, faults = {}, plan = [], slowness = 0, stallMs = 60_000, maxSteps = 10_000 } = simulation;
  const random = createRandom(seed);
  const time = createVirtualTime(simulation.startAt ?? new Date('2026-11-23T10:00:00.000Z'));
  // Some runs switch often between actors, and some rarely. They find different errors.
  const sameActor = [0, 0, 0.5, 0.9][random.below(4)] ?? 0;
  const steps: Step[] = [];
  const actors: ActorState[] = [];
  let waiting: Waiting[] = [];
  let faultsLeft = simulation.maxFaults ?? 3;
  let last: ActorState | undefined;

  function start(wanted: string, run: Run, lifetimeMs?: number): Promise<Outcome> {
    const same = actors.filter(({ name }) => name === wanted || name.startsWith(`${wanted} #`)).length;
    const name = same === 0 ? wanted : `${wanted} #${same + 1}`;
    return new Promise((resolve) => {
      const state: ActorState = {
        name,
        calls: 0,
        end(outcome) {
          if (state.outcome !== undefined) return;
          state.outcome = outcome;
          waiting = waiting.filter(({ actor }) => actor !== state);
          resolve(outcome);
        },
      };
      actors.push(state);
      if (lifetimeMs !== undefined) {
        time.after(
          lifetimeMs,
          () => state.end({ status: 'crashed' }),
          () => state.outcome !== undefined,
        );
      }
      Promise.resolve()
        .then(() => run(actorOf(state)))
        .then(
          (value) => state.end({ status: 'done', value }),
          (error: unknown) => state.end({ status: 'failed', error }),
        );
    });
  }

  function actorOf(state: ActorState): Actor {
    return {
      name: state.name,
      clock: time.clockFor(() => state.outcome !== undefined),
      random: random.fork(state.name),
      spawn: start,
      wrap: (port, name, options) => wrap(state, port, name, options),
    };
  }

  function wrap<Port extends object>(
    actor: ActorState,
    port: Port,
    name: string,
    { reads = [], faults: allowed = everyFault, unavailable = unreachable }: WrapOptions<Port> = {},
  ): Port {
    return new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        const isRead = (reads as readonly PropertyKey[]).includes(key);
        return (...args: unknown[]) =>
          new Promise((resolve, reject) => {
            // An actor that has ended may still have code that runs. Its calls never happen.
            if (actor.outcome !== undefined) return;
            waiting.push({
              actor,
              call: `${name}.${String(key)}`,
              args,
              isRead,
              faults: isRead ? allowed.filter((fault) => faultsOfReads.includes(fault)) : allowed,
              effect: () => method.apply(target, args),
              unavailable,
              resolve,
              reject,
              isRepetition: false,
              hasStalled: false,
            });
          });
      },
    });
  }

  function choose(): Waiting {
    const ofLast = random.chance(sameActor) ? waiting.filter(({ actor }) => actor === last) : [];
    const from = ofLast.length > 0 ? ofLast : waiting;
    const chosen = from[random.below(from.length)] as Waiting;
    waiting.splice(waiting.indexOf(chosen), 1);
    last = chosen.actor;
    return chosen;
  }

  function faultOf({ actor, faults: possible, isRepetition, hasStalled }: Waiting): Fault | undefined {
    if (!isRepetition && !hasStalled) actor.calls += 1;
    // One number for each call, so that a fault does not change the draws after it.
    let draw = random.next();
    const planned = plan.find(({ actor: name, nth }) => name === actor.name && nth === actor.calls);
    if (planned !== undefined && !isRepetition && !hasStalled) return planned.fault;
    if (faultsLeft === 0) return undefined;
    for (const fault of everyFault) {
      draw -= faults[fault] ?? 0;
      if (draw >= 0) continue;
      if (!possible.includes(fault) || (hasStalled && fault === 'stall')) return undefined;
      faultsLeft -= 1;
      return fault;
    }
    return undefined;
  }

  async function perform(chosen: Waiting): Promise<void> {
    const { actor, call, args, isRepetition } = chosen;
    const fault = faultOf(chosen);
    const note = (result?: Step['result']) =>
      steps.push({ atMs: time.elapsedMs, actor: actor.name, call, args, fault, isRepetition, result });
    if (fault === 'crash' || fault === 'fail' || fault === 'stall') note();
    if (fault === 'crash') return actor.end({ status: 'crashed' });
    if (fault === 'fail') return chosen.reject(chosen.unavailable(call));
    if (fault === 'stall') {
      chosen.hasStalled = true;
      time.after(
        stallMs,
        () => waiting.push(chosen),
        () => actor.outcome !== undefined,
      );
      return;
    }
    let result: NonNullable<Step['result']>;
    try {
      result = { value: await chosen.effect() };
    } catch (error) {
      result = { error };
    }
    note(result);
    if (fault === 'crash after') return actor.end({ status: 'crashed' });
    if (fault === 'lose') return chosen.reject(chosen.unavailable(call));
    if (fault === 'repeat') {
      // Calls of other actors may come between the two effects.
      chosen.isRepetition = true;
      waiting.push(chosen);
    } else if ('error' in result) chosen.reject(result.error);
    else chosen.resolve(result.value);
  }

  const isOver = () => actors.every(({ outcome }) => outcome !== undefined);

  for (const [name, run] of Object.entries(simulation.actors)) void start(name, run);
  for (;;) {
    await everyActorWaits();
    if (isOver()) break;
    if (steps.length >= maxSteps) {
      throw new Error(`The run did not end after ${maxSteps} steps:\n${printSteps(steps.slice(-50))}`);
    }
    const isSlow = slowness > 0 && random.chance(slowness);
    if (time.hasTimers && (waiting.length === 0 || isSlow)) {
      time.advance();
      steps.push({ atMs: time.elapsedMs });
    } else if (waiting.length > 0) {
      await perform(choose());
    } else {
      for (const actor of actors) actor.end({ status: 'stuck' });
      break;
    }
  }
  return {
    seed,
    outcomes: Object.fromEntries(actors.map(({ name, outcome }) => [name, outcome as Outcome])),
    steps,
    get trace() {
      return steps.map(nameOf);
    },
    print: () => printSteps(steps),
  };
}

/** Node runs an immediate only after all promises that can settle have settled. */
function everyActorWaits(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function unreachable(call: string): Error {
  return new StorageUnavailable(`Could not call ${call}: simulated`);
}
