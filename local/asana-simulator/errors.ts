/** An answer in Asana's error envelope. */
export class AsanaFault extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What stands beside `errors` in the body. */
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

/** The error envelope. A 500 has a phrase by which support can look it up, and no help. */
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

/** @throws AsanaFault 400 where the value is missing or no gid. */
export function requireGid(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') throw missingInput(name);
  if (!/^\d+$/.test(String(value))) throw notAGid(name, String(value));
  return String(value);
}
