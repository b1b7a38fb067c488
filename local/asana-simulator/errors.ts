/** An answer in Asana's error envelope. */
export class AsanaFault extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Members next to `errors` in the body. */
  readonly beside: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    { headers = {}, beside = {} }: Partial<Pick<AsanaFault, 'headers' | 'beside'>> = {},
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.beside = beside;
  }
}

/** Returns the error envelope. A 500 has no help, but a phrase with which Asana's support can find the error. */
export function envelopeOf({ status, message, beside }: AsanaFault): object {
  const help =
    'For more information on API status codes and how to handle them, read the docs on errors: https://developers.asana.com/docs/errors';
  const error = status === 500 ? { message, phrase: '6 sad squid snuggle softly' } : { message, help };
  return { errors: [error], ...beside };
}

export function missingInput(name: string): AsanaFault {
  return new AsanaFault(400, `${name}: Missing input`);
}

export function notAGid(name: string, value: string): AsanaFault {
  return new AsanaFault(400, `${name}: Not a recognized ID: ${value}`);
}

export function unknownObject(type: string, gid: string): AsanaFault {
  return new AsanaFault(404, `${type}: Unknown object: ${gid}`);
}

/** @throws AsanaFault 400 if the value is missing or is not a gid. */
export function requireGid(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') throw missingInput(name);
  if (!/^\d+$/.test(String(value))) throw notAGid(name, String(value));
  return String(value);
}
