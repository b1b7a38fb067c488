/** Something that goes wrong on demand. */
export type Fault = ApiFault | HandshakeFault | DeliveryFault;

interface Times {
  /** How often it happens; without a number until it is cleared. */
  readonly times?: number;
}

/** At a call of the API. */
export interface ApiFault extends Times {
  readonly on: 'api';
  readonly method?: string;
  /** What the path begins with, behind `/api/1.0`. */
  readonly path?: string;
  readonly kind:
    | 'latency'
    | 'status'
    | 'reset'
    | 'hang'
    | 'act-then-status'
    | 'act-then-reset'
    | 'act-then-hang'
    | 'act-then-garble'
    | 'wrong-secret'
    | 'no-secret';
  /** For `latency`. */
  readonly ms?: number;
  /** For `status` and `act-then-status`. */
  readonly status?: number;
  /** For a 429. */
  readonly retryAfterSeconds?: number;
}

/** At the handshake inside a create call. */
export interface HandshakeFault extends Times {
  readonly on: 'handshake';
  readonly kind: /** It gets lost, so the create call fails. */
    | 'lost'
    /** It gets lost, and yet the webhook is created. */
    | 'skipped'
    /** It is sent twice. */
    | 'doubled'
    /** A second one with another secret follows. */
    | 'doubled-with-another-secret'
    /** It succeeds, and then the create call fails. */
    | 'then-fail';
}

/** At deliveries. */
export interface DeliveryFault extends Times {
  readonly on: 'delivery';
  /** The gid of the webhook it is about. */
  readonly webhook?: string;
  readonly kind: /** The target's answer is lost, so Asana tries again. */
    | 'lost-answer'
    /** The same request is sent twice. */
    | 'duplicate'
    /** The events come in reverse order. */
    | 'reverse'
    /** The events are lost, as in Asana's incidents. */
    | 'lose-events'
    /** Each event's members come in another order. */
    | 'shuffle-members';
}

/** The faults in force. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly Fault[];
  /** The first fault that fits, used up once. */
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
