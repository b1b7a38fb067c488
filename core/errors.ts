import type { AsanaErrorName, ErrorName } from '../contract/errors.ts';

/** A failure with a name of the contract and a message that a person can act on. */
export class NamedError extends Error {
  declare readonly name: ErrorName;

  constructor(name: ErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** The table or the secret store did not do what was asked. Nothing may be acknowledged. */
export class StorageUnavailable extends NamedError {
  constructor(action: string, options?: ErrorOptions) {
    super(
      'StorageUnavailable',
      `${action}. Call again; if it persists, look at the tables and secrets.`,
      options,
    );
  }
}

/** What Asana's error envelope says: `{ errors: [{ message, help, phrase }] }`. */
export interface AsanaErrorDetail {
  readonly message: string;
  readonly help?: string;
  /** Asana's support can look a 500 up by it. */
  readonly phrase?: string;
}

/** A call to Asana that did not succeed. */
export class AsanaError extends NamedError {
  /** The HTTP status, or nothing where no answer came. */
  readonly status: number | undefined;
  readonly details: readonly AsanaErrorDetail[];

  constructor(
    name: AsanaErrorName,
    call: string,
    answer: {
      readonly status?: number;
      readonly details?: readonly AsanaErrorDetail[];
      readonly advice?: string;
    },
    options?: ErrorOptions,
  ) {
    super(name, sentence(call, answer), options);
    this.status = answer.status;
    this.details = answer.details ?? [];
  }

  /**
   * Whether Asana may have done what was asked although the call failed: no answer came, or one that does not
   * come from Asana's own checks.
   */
  get mayHaveHappened(): boolean {
    return this.status === undefined || this.status >= 500 || this.status < 400;
  }
}

function sentence(
  call: string,
  answer: {
    readonly status?: number;
    readonly details?: readonly AsanaErrorDetail[];
    readonly advice?: string;
  },
): string {
  const said = (answer.details ?? []).map(({ message, help, phrase }) =>
    [message, help, phrase === undefined ? undefined : `(phrase for Asana's support: ${phrase})`]
      .filter((part) => part !== undefined)
      .join(' '),
  );
  const status = answer.status === undefined ? 'no answer' : `status ${answer.status}`;
  const parts = [`Asana did not do ${call}: ${status}`, ...said].join('; ');
  return answer.advice === undefined ? parts : `${parts}. ${answer.advice}`;
}
