/** A failure that is shown as a sentence, without a stack. */
export abstract class Shown extends Error {
  /** What the process ends with. */
  abstract readonly exitCode: number;
}

/** A command that cannot be taken as it was typed. */
export class Misuse extends Shown {
  readonly exitCode = 2;

  constructor(message: string, name = 'Misuse') {
    super(message);
    this.name = name;
  }
}

/** A command that was tried and failed. */
export class Failed extends Shown {
  readonly exitCode = 1;

  constructor(message: string, name = 'Failed') {
    super(message);
    this.name = name;
  }
}

/** A command that was ended by Ctrl-C: 128 and the number of SIGINT, as shells have it. */
export class Interrupted extends Shown {
  readonly exitCode = 130;

  constructor(message = 'Interrupted.') {
    super(message);
    this.name = 'Interrupted';
  }
}
