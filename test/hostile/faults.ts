import { createRandom } from '../random.ts';
import { type Call, isWrite, mayBeStale, sizeOfBatch, tablesOf } from './request.ts';

/** The probability of each fault, from 0 to 1. */
export interface Mixture {
  /** The write is done, and its answer is lost. */
  readonly loseAnswer: number;
  /** DynamoDB answers 500 and does nothing. */
  readonly fail: number;
  readonly throttle: number;
  /** A batch is done in part, or a page ends early. */
  readonly partial: number;
  /** A read that is not consistent returns rows as they were before their last write. */
  readonly stale: number;
  /** The request or its answer arrives a few milliseconds late. */
  readonly delay: number;
  /** Before a request, each row past its expiry is deleted with this probability. */
  readonly expire: number;
}

/** Faults often enough that a short test meets them. */
export const defaultMixture: Mixture = {
  loseAnswer: 0.15,
  fail: 0.05,
  throttle: 0.08,
  partial: 0.3,
  stale: 0.5,
  delay: 0.2,
  expire: 0.2,
};

/** How an answer is lost: the connection ends without an answer, or the answer is a 500. */
export type Loss = 'connection dropped' | 'InternalServerError';

/** What happens to one request. */
export interface Decision {
  readonly lose?: Loss;
  readonly refuse?: 'InternalServerError' | 'ProvisionedThroughputExceededException' | 'ThrottlingException';
  /** How many writes, keys or rows are done. */
  readonly only?: number;
  readonly isStale?: boolean;
  readonly delayBeforeMs?: number;
  readonly delayAfterMs?: number;
}

/** Selects a request: the nth (from 1) that fits. */
export interface Selection {
  readonly operation: string;
  readonly table?: string;
  readonly where?: (call: Call) => boolean;
  /** @default 1 */
  readonly nth?: number;
  /** Whether every attempt of the request has the fault, so that the SDK gives up. @default false */
  readonly forGood?: boolean;
}

/** A fault that a test ordered. */
export interface Ordered {
  /** How often the fault has happened. */
  readonly times: number;
}

interface Order extends Selection {
  readonly decision: Decision;
  seen: number;
  times: number;
  invocation?: string;
}

/** Decides which requests have which faults. */
export interface Faults {
  decide(call: Call): Decision;
  /** Whether a row past its expiry is deleted now. */
  expiresNow(): boolean;
  order(selection: Selection, decision: Decision): Ordered;
  /** Stops all faults: those of the mixture, and those that were ordered. */
  calm(): void;
  resume(): void;
}

const maxDelayMs = 4;

/**
 * Creates the decisions for a seed. Each operation has its own sequence of random numbers, so concurrent requests of
 * other operations do not change its faults. Only the first attempt of a request has a fault of the mixture, so a
 * repetition by the SDK succeeds.
 */
export function createFaults(seed: number, mixture: Mixture): Faults {
  const random = createRandom(seed);
  const sequences = new Map<string, ReturnType<typeof createRandom>>();
  const expiry = random.fork('expiry');
  const orders: Order[] = [];
  let isCalm = false;

  function ofMixture(call: Call): Decision {
    const sequence = sequences.get(call.operation) ?? random.fork(call.operation);
    sequences.set(call.operation, sequence);
    // Always the same count of numbers, so that one decision does not shift the others.
    const draw = Array.from({ length: 9 }, () => sequence.next()) as [number, ...number[]];
    const [kind, how = 0, isPartial = 1, share = 0, isStale = 1, before = 1, after = 1, ...ms] = draw;
    const delay = (isLate: number, part = 0) =>
      isLate < mixture.delay / 2 ? 1 + Math.floor(part * maxDelayMs) : undefined;
    return {
      ...interruption(call, kind, how),
      ...(isPartial < mixture.partial && { only: shareOf(call, share) }),
      ...(isStale < mixture.stale && mayBeStale(call) && { isStale: true }),
      delayBeforeMs: delay(before, ms[0]),
      delayAfterMs: delay(after, ms[1]),
    };
  }

  /** At most one of the faults that make the SDK repeat the request. */
  function interruption(call: Call, kind: number, how: number): Decision {
    const lost = isWrite(call) ? mixture.loseAnswer : 0;
    if (kind < lost) return { lose: how < 0.5 ? 'connection dropped' : 'InternalServerError' };
    if (kind < lost + mixture.fail) return { refuse: 'InternalServerError' };
    if (kind < lost + mixture.fail + mixture.throttle) {
      return { refuse: how < 0.5 ? 'ProvisionedThroughputExceededException' : 'ThrottlingException' };
    }
    return {};
  }

  return {
    decide(call) {
      if (isCalm) return {};
      // Every order counts every request, so that the nth request is the same for all of them.
      const [order] = orders.filter((each) => fits(each, call));
      if (order !== undefined) {
        order.times += 1;
        return order.decision;
      }
      return call.attempt === 1 ? ofMixture(call) : {};
    },
    expiresNow: () => !isCalm && expiry.chance(mixture.expire),
    order(selection, decision) {
      const order: Order = { ...selection, decision, seen: 0, times: 0 };
      orders.push(order);
      return order;
    },
    calm() {
      isCalm = true;
      orders.length = 0;
    },
    resume() {
      isCalm = false;
    },
  };
}

function fits(order: Order, call: Call): boolean {
  if (call.operation !== order.operation) return false;
  if (call.attempt > 1) return order.forGood === true && order.invocation === call.invocation;
  if (order.table !== undefined && !tablesOf(call.input).includes(order.table)) return false;
  if (order.where?.(call) === false) return false;
  order.seen += 1;
  if (order.seen !== (order.nth ?? 1)) return false;
  order.invocation = call.invocation;
  return true;
}

/** Returns how much of a batch or a page is done: at least one, and not all. */
function shareOf({ operation, input }: Call, share: number): number | undefined {
  if (operation === 'Query' || operation === 'Scan') {
    const most = Math.min(3, (input.Limit ?? 4) - 1);
    return most < 1 ? undefined : 1 + Math.floor(share * most);
  }
  const size = input.RequestItems === undefined ? 0 : sizeOfBatch(input);
  return size < 2 ? undefined : 1 + Math.floor(share * (size - 1));
}
