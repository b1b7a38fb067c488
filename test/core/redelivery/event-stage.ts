import type { LoggedEvent } from '../../../core/event.ts';
import type { EventStream } from '../../../core/redelivery/ports.ts';
import type { RedeliveryServices } from '../../../core/redelivery/services.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { createMemoryDeadLetters, type MemoryDeadLetters } from '../../memory/dead-letters.ts';
import { createMemoryEventBus, type MemoryEventBus } from '../../memory/event-bus.ts';
import { createMemoryEventLog } from '../../memory/event-log.ts';
import { createMemoryEventReader } from '../../memory/event-reader.ts';
import { createMemoryRegistry } from '../../memory/registry.ts';
import { createMemoryReplays } from '../../memory/replays.ts';
import { noon } from '../events.ts';
import { hookOf } from '../hooks.ts';

export interface EventStage {
  readonly bus: MemoryEventBus;
  readonly replays: ReturnType<typeof createMemoryReplays>;
  readonly deadLetters: MemoryDeadLetters;
  /** The current time, in milliseconds. */
  time: number;
  /** Reads the records that the stream still has. */
  readStream: EventStream['read'];
  store(events: readonly LoggedEvent[]): Promise<void>;
  /** The services of an invocation that may last `lastsMs`. */
  services(lastsMs?: number): RedeliveryServices;
}

/** Returns in-memory services for the operations on stored events. The time is an hour after noon. */
export function createEventStage(): EventStage {
  const log = createMemoryEventLog();
  const registry = createMemoryRegistry();
  const bus = createMemoryEventBus();
  const replays = createMemoryReplays();
  const begin = noon.getTime() + 3_600_000;
  const now = () => new Date(stage.time);
  const stage: EventStage = {
    bus,
    replays,
    time: begin,
    deadLetters: createMemoryDeadLetters(['dispatcher', 'billing'], now),
    readStream: async () => ({ kind: 'expired' }),
    async store(events) {
      await log.append(events, timeOf(60_000, now));
      for (const { subscription, webhookGid } of events) {
        const isKnown = registry.hooks().some((hook) => hook.subscription === subscription);
        if (!isKnown) await registry.plant(hookOf({ subscription, webhookGid, status: 'active' }));
      }
    },
    services(lastsMs = 57_000) {
      return {
        registry,
        events: createMemoryEventReader(log),
        stream: { read: (range, time) => stage.readStream(range, time) },
        bus,
        replays,
        deadLetters: stage.deadLetters,
        undeliverable: stage.deadLetters,
        now,
        async sleep(ms) {
          stage.time += ms;
        },
        random: () => 0.5,
        time: timeOf(lastsMs, now),
      };
    },
  };
  return stage;
}
