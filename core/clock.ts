// Time is an argument everywhere, so that tests can move it and never wait for it.

/** The present moment. */
export type Clock = () => Date;

/** Waits. */
export type Sleep = (ms: number) => Promise<unknown>;

/** Runs something later, unless the function that it returns is called before. */
export type Schedule = (ms: number, run: () => void) => () => void;

/** A signal that aborts after so many milliseconds. */
export type Timeout = (ms: number) => AbortSignal;
