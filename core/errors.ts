import type { AsanaErrorName, ErrorName } from '../contract/errors.ts';

/**
 * A failure with a name of the contract and a message that says what to do. The message of another system, if
 * there is one, follows on its own line.
 */
export class NamedError extends Error {
  declare readonly name: ErrorName;
  #said: string;
  readonly #quoted: string;

  constructor(name: ErrorName, said: string, options?: ErrorOptions & { readonly quoted?: string }) {
    super(said, options);
    this.name = name;
    this.#said = said;
    this.#quoted = options?.quoted === undefined ? '' : `\n${options.quoted}`;
    this.message = said + this.#quoted;
  }

  /** Adds a sentence to our own message, before the message of another system. */
  add(sentence: string): void {
    this.#said += ` ${sentence}`;
    this.message = this.#said + this.#quoted;
  }
}

/** A call to a table, a secret or a queue failed. Nothing may be acknowledged. */
export class StorageUnavailable extends NamedError {
  constructor(action: string, options?: ErrorOptions) {
    super(
      'StorageUnavailable',
      `${action}. Call again. If the error persists, check the tables and secrets.`,
      options,
    );
  }
}

/** One error of Asana's error envelope: `{ errors: [{ message, help, phrase }] }`. */
export interface AsanaErrorDetail {
  readonly message: string;
  readonly help?: string;
  /** Asana's support can find the cause of a 500 by this phrase. */
  readonly phrase?: string;
}

/** A call to Asana that failed. */
export class AsanaError extends NamedError {
  /** The HTTP status, or undefined if there was no answer. */
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
    super(name, sentence(call, answer), { ...options, quoted: quote(answer.details ?? []) });
    this.status = answer.status;
    this.details = answer.details ?? [];
  }

  /**
   * Whether Asana may have carried out the call although it failed. This is so if there was no answer, or if
   * the answer does not come from Asana's own checks.
   */
  get mayHaveHappened(): boolean {
    return this.name === 'AsanaUnavailable' || this.name === 'AsanaTimeout';
  }
}

function sentence(
  call: string,
  { status, advice }: { readonly status?: number; readonly advice?: string },
): string {
  const what = `The call ${call} to Asana failed: ${status === undefined ? 'no answer' : `status ${status}`}.`;
  return advice === undefined ? what : `${what} ${advice}`;
}

/** Asana's own message, with its link to an explanation. */
function quote(details: readonly AsanaErrorDetail[]): string | undefined {
  const lines = details.flatMap(({ message, help, phrase }) => [
    `Asana says: ${message}${phrase === undefined ? '' : ` (phrase for Asana's support: ${phrase})`}`,
    ...(help === undefined ? [] : [help]),
  ]);
  return lines.length === 0 ? undefined : lines.join('\n');
}
