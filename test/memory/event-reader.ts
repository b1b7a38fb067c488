import { keyOf } from '../../core/event.ts';
import type { EventReader } from '../../core/redelivery/ports.ts';
import type { MemoryEventLog } from './event-log.ts';

/** Reads the event log in memory. */
export function createMemoryEventReader(log: MemoryEventLog): EventReader {
  const sorted = (subscription: string) =>
    [...log.events.values()]
      .filter((event) => event.subscription === subscription)
      .map((event) => ({ event, sortKey: keyOf(event).sortKey }))
      .sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
  return {
    async page({ subscription, from, to, after, limit, newestFirst }) {
      const isWithin = (createdAt: string | undefined) => {
        if (from === undefined && to === undefined) return true;
        if (createdAt === undefined) return false;
        const time = Date.parse(createdAt);
        return time >= (from?.getTime() ?? 0) && time <= (to?.getTime() ?? Number.POSITIVE_INFINITY);
      };
      const isBehind = (sortKey: string) =>
        after === undefined || (newestFirst ? sortKey < after : sortKey > after);
      const ordered = newestFirst ? sorted(subscription).reverse() : sorted(subscription);
      const found = ordered.filter(({ event, sortKey }) => isBehind(sortKey) && isWithin(event.createdAt));
      const page = found.slice(0, limit);
      return {
        events: page.map(({ event }) => event),
        // As in DynamoDB, a full page may be the last page without saying so.
        last: found.length >= limit ? page.at(-1)?.sortKey : undefined,
      };
    },
    get: async ({ subscription, sortKey }) =>
      sorted(subscription).find((candidate) => candidate.sortKey === sortKey)?.event,
  };
}
