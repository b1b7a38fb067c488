import { type Duration, Token } from 'aws-cdk-lib';

/**
 * Validates a base URL and removes its trailing slashes.
 *
 * @throws Error if the value is not an http(s) address, or has a query or a fragment.
 */
export function baseUrl(name: string, value: string): string {
  if (Token.isUnresolved(value)) return value;
  const address = URL.canParse(value) ? new URL(value) : undefined;
  const isBase = address && /^https?:$/.test(address.protocol) && !address.search && !address.hash;
  if (!isBase)
    throw new Error(`Expected ${name} to be an http(s) address without a query or fragment, got: ${value}`);
  return value.replace(/\/+$/, '');
}

/** @throws Error if the duration is not a whole number of days, or is less than 1 day. */
export function wholeDays(name: string, value: Duration): Duration {
  const days = value.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) {
    throw new Error(
      `Expected ${name} to be a whole number of days, at least 1, got: ${value.toHumanString()}`,
    );
  }
  return value;
}
