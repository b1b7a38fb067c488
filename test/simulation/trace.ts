import { inspect } from 'node:util';

/** What can go wrong with one call of a port. */
export type Fault =
  /** The actor dies before the call. */
  | 'crash'
  /** The actor dies after the effect of the call. */
  | 'crash after'
  /** The answer is lost and the call is repeated: the effect happens twice, and the second result is returned. */
  | 'repeat'
  /** The effect happens, and the call throws. */
  | 'lose'
  /** The call throws without an effect. */
  | 'fail'
  /** The call waits for a long time before it happens. */
  | 'stall';

export const everyFault: readonly Fault[] = ['crash', 'crash after', 'repeat', 'lose', 'fail', 'stall'];

/** One step of a run: a call that happened, or time that passed. */
export interface Step {
  readonly atMs: number;
  /** Undefined if time passed. */
  readonly actor?: string;
  /** `port.method`. Undefined if time passed. */
  readonly call?: string;
  readonly args?: readonly unknown[];
  readonly fault?: Fault;
  /** Whether this is the repetition of a call whose answer was lost. */
  readonly isRepetition?: boolean;
  readonly result?: { readonly value: unknown } | { readonly error: unknown };
}

const shownCharacters = 120;

/** Returns the step without values, so that it is the same for the same seed even if values are random. */
export function nameOf(step: Step): string {
  if (step.call === undefined) return `${step.atMs} ms: time passes`;
  const fault = step.fault === undefined ? '' : ` [${step.fault}]`;
  return `${step.atMs} ms: ${step.actor} ${step.call}${step.isRepetition ? ' again' : ''}${fault}`;
}

/** Returns the steps with their arguments and results, one a line. */
export function printSteps(steps: readonly Step[]): string {
  return steps
    .map((step) => {
      if (step.call === undefined) return nameOf(step);
      const { result, args = [] } = step;
      const end =
        result === undefined
          ? ''
          : 'error' in result
            ? ` threw ${result.error}`
            : ` → ${short(result.value)}`;
      return `${nameOf(step)} (${args.map(short).join(', ')})${end}`;
    })
    .join('\n');
}

function short(value: unknown): string {
  const text = inspect(value, { depth: 3, breakLength: Number.POSITIVE_INFINITY });
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}
