import { NamedError } from './errors.ts';

/** A page of a list, and the offset of the next page; undefined on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/**
 * Reads one of Asana's lists page by page.
 *
 * @throws NamedError AsanaUnavailable if Asana returns the same offset a second time, which would be an
 *   endless loop.
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
      throw new NamedError('AsanaUnavailable', 'Asana sent the same page twice. Call again.');
    }
    if (next !== undefined) seen.add(next);
    offset = next;
  } while (offset !== undefined);
}
