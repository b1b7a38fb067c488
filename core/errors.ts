import type { AsanaErrorName, ErrorName } from '../contract/errors.ts';

/**
 * A failure with a name of the contract and a message that a person can act on. What another system said of it comes
 * last, on a line of its own.
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

  /** Adds a sentence to what we say, before what another system said. */
  add(sentence: string): void {
    this.#said += ` ${sentence}`;
    this.message = this.#said + this.#quoted;
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
    super(name, sentence(call, answer), { ...options, quoted: quote(answer.details ?? []) });
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
  { status, advice }: { readonly status?: number; readonly advice?: string },
): string {
  const what = `Asana did not do ${call}: ${status === undefined ? 'no answer' : `status ${status}`}.`;
  return advice === undefined ? what : `${what} ${advice}`;
}

/** Asana's own words, and where it explains them. */
function quote(details: readonly AsanaErrorDetail[]): string | undefined {
  const lines = details.flatMap(({ message, help, phrase }) => [
    `Asana says: ${message}${phrase === undefined ? '' : ` (phrase for Asana's support: ${phrase})`}`,
    ...(help === undefined ? [] : [help]),
  ]);
  return lines.length === 0 ? undefined : lines.join('\n');
}
