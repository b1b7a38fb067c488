import { NamedError } from './errors.ts';

/** A page of a list, and where the next one begins; no offset at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/**
 * Reads a list of Asana page by page.
 *
 * @throws NamedError AsanaUnavailable where Asana names an offset a second time, which would never end.
 */
export async function* pages<T>(
  read: (offset: string | undefined) => Promise<Page<T>>,
  begin?: string,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let offset = begin;
  do {
    const { items, next } = await read(offset);
    yield items;
    if (next !== undefined && seen.has(next)) {
      throw new NamedError('AsanaUnavailable', 'Asana sent the same page twice: call again.');
    }
    if (next !== undefined) seen.add(next);
    offset = next;
  } while (offset !== undefined);
}
