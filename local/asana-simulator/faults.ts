import * as z from 'zod';
import { AsanaFault } from './errors.ts';
import { type Members, readMembers } from './read-members.ts';

/** How often a fault happens. Without `times`, the fault happens until it is cleared. */
const often = { times: z.int().min(1).optional() };

const call = {
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).optional(),
  /** The start of the path, after `/api/1.0`. */
  path: z.string().startsWith('/').optional(),
  ...often,
};
const answer = {
  /** @default 500 */
  status: z.int().min(400).max(599).optional(),
  /** For a 429. */
  retryAfterSeconds: z.int().min(0).optional(),
};
const delivery = {
  /** The gid of the webhook that the fault affects. */
  webhook: z.string().optional(),
  ...often,
};

/** All faults that can be set: where each fault happens, its kind, and its members. */
export const faultKinds = {
  /** Faults of an API call. */
  api: {
    /** The answer is delayed by `ms`. */
    latency: z.strictObject({ ...call, ms: z.int().min(1) }),
    /** The call is not processed, and the answer has this status. */
    status: z.strictObject({ ...call, ...answer }),
    /** The call is not processed, and the connection closes. */
    reset: z.strictObject(call),
    /** The call is not processed, and no answer is sent. */
    hang: z.strictObject(call),
    'act-then-status': z.strictObject({ ...call, ...answer }),
    'act-then-reset': z.strictObject(call),
    'act-then-hang': z.strictObject(call),
    /** The call is processed, and the answer is not JSON. */
    'act-then-garble': z.strictObject(call),
    /** The answer to a create call has another secret than the handshake. */
    'wrong-secret': z.strictObject(often),
    /** The answer to a create call has no secret. */
    'no-secret': z.strictObject(often),
  },
  /** Faults of the handshake during a create call. */
  handshake: {
    /** The handshake is lost, so the create call fails. */
    lost: z.strictObject(often),
    /** The handshake is lost, but the webhook is created. */
    skipped: z.strictObject(often),
    /** The handshake is sent twice. */
    doubled: z.strictObject(often),
    /** A second handshake with another secret follows. */
    'doubled-with-another-secret': z.strictObject(often),
    /** The handshake succeeds, and then the create call fails. */
    'then-fail': z.strictObject(often),
  },
  /** Faults of deliveries. */
  delivery: {
    /** The target's answer is lost, so Asana retries. */
    'lost-answer': z.strictObject(delivery),
    /** The same request is sent twice. */
    duplicate: z.strictObject(delivery),
    /** The events are sent in reverse order. */
    reverse: z.strictObject(delivery),
    /** The events are lost, as in Asana's incidents. */
    'lose-events': z.strictObject(delivery),
    /** The members of each event are sent in another order. */
    'shuffle-members': z.strictObject(delivery),
  },
} as const;

interface FaultOf<On extends keyof typeof faultKinds> {
  readonly on: On;
  readonly kind: keyof (typeof faultKinds)[On];
  readonly times?: number;
}

export interface ApiFault extends FaultOf<'api'> {
  readonly method?: string;
  readonly path?: string;
  readonly ms?: number;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
}

export type HandshakeFault = FaultOf<'handshake'>;

export interface DeliveryFault extends FaultOf<'delivery'> {
  readonly webhook?: string;
}

/** A fault that can be set. */
export type Fault = ApiFault | HandshakeFault | DeliveryFault;

/** Reads a fault. @throws AsanaFault 400 that lists the valid names */
export function readFault({ on, kind, ...members }: Readonly<Record<string, unknown>>): Fault {
  const kinds = pick(faultKinds, on);
  if (kinds === undefined) throw unknown('on', on, '', faultKinds);
  const schema = pick(kinds as Readonly<Record<string, Members>>, kind);
  if (schema === undefined) throw unknown('kind', kind, ` on ${String(on)}`, kinds);
  return { on, kind, ...readMembers(schema, members) } as Fault;
}

function pick<T>(from: Readonly<Record<string, T>>, name: unknown): T | undefined {
  return typeof name === 'string' && Object.hasOwn(from, name) ? from[name] : undefined;
}

function unknown(member: string, value: unknown, where: string, known: object): AsanaFault {
  const all = Object.keys(known).map((name) => `"${name}"`);
  const problem = value === undefined ? 'Missing input' : `Unknown value "${String(value)}"${where}`;
  return new AsanaFault(400, `${member}: ${problem}. Valid values: ${all.join(', ')}.`);
}

/** The faults that are set. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly Fault[];
  /** Returns the first fault that fits, and counts it as happened once. */
  take<On extends Fault['on']>(
    on: On,
    fits: (fault: Extract<Fault, { on: On }>) => boolean,
  ): Extract<Fault, { on: On }> | undefined;
}

export function createFaults(): Faults {
  let standing: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      standing.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear: () => {
      standing = [];
    },
    list: () => standing.map(({ fault }) => fault),
    take(on, fits) {
      type Fitting = Extract<Fault, { on: typeof on }>;
      const found = standing.find(({ fault }) => fault.on === on && fits(fault as Fitting));
      if (found === undefined) return undefined;
      found.left -= 1;
      standing = standing.filter(({ left }) => left > 0);
      return found.fault as Fitting;
    },
  };
}
