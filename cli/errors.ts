/** An error that is shown as a sentence, without a stack trace. */
export abstract class Shown extends Error {
  /** The exit code of the process. */
  abstract readonly exitCode: number;
}

/** A command that was typed wrong. */
export class Misuse extends Shown {
  readonly exitCode = 2;

  constructor(message: string, name = 'Misuse') {
    super(message);
    this.name = name;
  }
}

/** A command that ran and failed. */
export class Failed extends Shown {
  readonly exitCode = 1;

  constructor(message: string, name = 'Failed') {
    super(message);
    this.name = name;
  }
}

/** A command that Ctrl-C stopped. The exit code is 128 plus the number of SIGINT, as in shells. */
export class Interrupted extends Shown {
  readonly exitCode = 130;

  constructor(message = 'Interrupted.') {
    super(message);
    this.name = 'Interrupted';
  }
}
