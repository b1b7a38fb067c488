// Time is an argument everywhere, so that tests can move the clock and never wait.

/** Returns the current time. */
export type Clock = () => Date;

/** Waits for `ms` milliseconds. */
export type Sleep = (ms: number) => Promise<unknown>;

/** Runs a function after `ms` milliseconds. Returns a function that cancels it. */
export type Schedule = (ms: number, run: () => void) => () => void;

/** Returns a signal that aborts after `ms` milliseconds. */
export type Timeout = (ms: number) => AbortSignal;
