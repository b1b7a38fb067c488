import type { Row } from './registry-key.ts';

// Reads and writes the attributes of rows. Times are ISO 8601 text, except `expiresAt`.

/** Sets when a row expires. DynamoDB's time to live is in whole seconds since 1970. */
export function expiry(keepUntil: Date | undefined): Row {
  return keepUntil === undefined ? {} : { expiresAt: { N: String(Math.ceil(keepUntil.getTime() / 1000)) } };
}

/** Whether a row has expired. DynamoDB deletes an expired row up to days later. */
export function isExpired({ expiresAt }: Row, now: Date): boolean {
  return expiresAt?.N !== undefined && Number(expiresAt.N) * 1000 <= now.getTime();
}

/** The attributes whose value is not undefined, as texts. */
export function texts(given: Readonly<Record<string, string | undefined>>): Row {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [[name, { S: text }]])),
  );
}

/** The text of an attribute. @throws Error if the row has no such text */
export function textIn(row: Row, name: string): string {
  const text = row[name]?.S;
  if (text === undefined) throw new Error(`Cannot read a row of the registry: it has no ${name}`);
  return text;
}

export function numberIn(row: Row, name: string): number {
  return Number(row[name]?.N ?? 0);
}

export function dateIn(row: Row, name: string): Date | undefined {
  const text = row[name]?.S;
  return text === undefined ? undefined : new Date(text);
}
