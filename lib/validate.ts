import { type Duration, Token } from 'aws-cdk-lib';

/**
 * Checks an address and takes slashes off its end.
 *
 * @throws Error where it is no http(s) address, or has a query or fragment.
 */
export function baseUrl(name: string, value: string): string {
  if (Token.isUnresolved(value)) return value;
  const address = URL.canParse(value) ? new URL(value) : undefined;
  const isBase = address && /^https?:$/.test(address.protocol) && !address.search && !address.hash;
  if (!isBase) throw new Error(`Expected ${name} to be an http(s) address without query, got: ${value}`);
  return value.replace(/\/+$/, '');
}

/** @throws Error where the time is not a whole number of days, and one at least. */
export function wholeDays(name: string, value: Duration): Duration {
  const days = value.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) {
    throw new Error(`Expected ${name} to be whole days, and one at least, got: ${value.toHumanString()}`);
  }
  return value;
}
