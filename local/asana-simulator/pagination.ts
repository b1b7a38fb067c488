import { randomBytes } from 'node:crypto';
import { AsanaFault } from './errors.ts';
import type { World } from './model.ts';

export interface Page<T> {
  readonly data: readonly T[];
  /** Present only if the request has a limit. Null on the last page. */
  readonly next_page?: { readonly offset: string; readonly path: string; readonly uri: string } | null;
}

/**
 * Returns one page of a list. Offsets look like Asana's tokens, and they expire.
 *
 * @throws AsanaFault 400 for a limit outside 1 to 100, for an offset that was never issued or has expired, or for a
 * long list without a limit (ruby-asana issues 149, 164 and 170; Asana's guide says that the list is cut at about 1,000
 * objects)
 */
export function pageOf<T>(world: World, items: readonly T[], url: URL, basePath: string): Page<T> {
  const { searchParams } = url;
  const limit = searchParams.get('limit');
  const offset = searchParams.get('offset');
  if (limit !== null && !(/^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 100)) {
    throw new AsanaFault(400, 'limit: Must be between 1 and 100');
  }
  const nowMs = world.clock.now().getTime();
  const start = offset === null ? 0 : startOf(world, offset, nowMs);
  if (limit === null) return { data: unpaged(items.slice(start), world) };
  const end = start + Number(limit);
  if (end >= items.length) return { data: items.slice(start), next_page: null };
  const next = `eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.${randomBytes(24).toString('base64url')}`;
  world.offsets.set(next, { start: end, expiresMs: nowMs + world.knobs.offsetTokenMs });
  const following = new URL(url);
  following.searchParams.set('offset', next);
  const path = `${following.pathname.slice(basePath.length)}${following.search}`;
  return { data: items.slice(start, end), next_page: { offset: next, path, uri: following.href } };
}

function unpaged<T>(items: readonly T[], { knobs }: World): readonly T[] {
  if (items.length <= knobs.maxUnpaged) return items;
  throw new AsanaFault(
    400,
    'The result is too large. You should use pagination (may require specifying a workspace)!',
  );
}

function startOf(world: World, offset: string, nowMs: number): number {
  const known = world.offsets.get(offset);
  if (known === undefined) throw new AsanaFault(400, 'offset: Your pagination token is invalid.');
  if (known.expiresMs <= nowMs) throw new AsanaFault(400, 'offset: Your pagination token has expired.');
  return known.start;
}
