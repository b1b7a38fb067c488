import type { LoggedEvent } from '../../core/event.ts';
import type { EventLog } from '../../core/receiving/ports.ts';
import type { UnreadableEvent } from '../../core/unreadable-event.ts';

export type MemoryEventLog = EventLog & {
  readonly events: Map<string, LoggedEvent>;
  readonly unreadable: Map<string, UnreadableEvent>;
};

/** The event log in memory, by subscription and event id. */
export function createMemoryEventLog(): MemoryEventLog {
  const events = new Map<string, LoggedEvent>();
  const unreadable = new Map<string, UnreadableEvent>();
  return {
    events,
    unreadable,
    async append(rows) {
      for (const row of rows) {
        const key = `${row.subscription} ${row.eventId}`;
        if ('reason' in row) unreadable.set(key, row);
        else events.set(key, row);
      }
    },
  };
}
