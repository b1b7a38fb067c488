import { randomBytes } from 'node:crypto';
import { AsanaFault, requireGid, unknownObject } from './errors.ts';
import { toEventsApiForm } from './events.ts';
import type { World } from './model.ts';

/** The answer of the Events API. */
export interface EventsPage {
  readonly data: readonly Record<string, unknown>[];
  readonly sync: string;
  readonly has_more: boolean;
}

/** The resource types that have event streams (Asana, "Get events on a resource"). */
const streamed = ['task', 'project', 'goal'];

/**
 * Returns the events of a resource since a sync token. Reading the same token again returns the same events.
 *
 * @throws AsanaFault 412 with a new token, if the token is missing, unknown or expired.
 */
export function readEvents(world: World, resourceGid: unknown, sync: string | null): EventsPage {
  const gid = requireGid('resource', resourceGid);
  const resource = world.resources.get(gid);
  if (!resource) throw unknownObject('resource', gid);
  if (!streamed.includes(resource.resource_type)) {
    throw new AsanaFault(400, `resource: There are no events on a ${resource.resource_type}`);
  }
  const token = sync === null ? undefined : world.syncTokens.get(sync);
  const nowMs = world.clock.now().getTime();
  if (!token || token.resource !== gid || token.expiresMs <= nowMs) {
    throw new AsanaFault(
      412,
      'Sync token invalid or too old. If you are attempting to keep resources in sync, you must fetch the full dataset for this query now and use the new sync token for the next sync.',
      {
        beside: { sync: newToken(world, gid, world.events.length) },
      },
    );
  }
  const waiting = world.events.slice(token.index).filter((event) => event.heardBy.has(gid));
  const page = waiting.slice(0, world.knobs.eventsPerPage);
  const has_more = waiting.length > page.length;
  const nextIndex = has_more ? (page.at(-1)?.index ?? token.index) + 1 : world.events.length;
  return { data: page.map(toEventsApiForm), sync: newToken(world, gid, nextIndex), has_more };
}

function newToken(world: World, resource: string, index: number): string {
  const token = randomBytes(16).toString('hex');
  const expiresMs = world.clock.now().getTime() + world.knobs.syncTokenMs;
  world.syncTokens.set(token, { resource, index, expiresMs });
  return token;
}
