import type { LoggedEvent } from '../../core/event.ts';
import type { EventLog } from '../../core/receiving/ports.ts';

export type MemoryEventLog = EventLog & { readonly events: Map<string, LoggedEvent> };

/** The event log in memory, by subscription and event id. */
export function createMemoryEventLog(): MemoryEventLog {
  const events = new Map<string, LoggedEvent>();
  return {
    events,
    async append(added) {
      for (const event of added) events.set(`${event.subscription} ${event.eventId}`, event);
    },
  };
}
