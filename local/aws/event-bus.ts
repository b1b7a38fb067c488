import { randomUUID } from 'node:crypto';
import { type Platform, platform } from '../../functions/runtime/platform.ts';
import { localAccount, localAws } from './account.ts';
import { matches } from './event-pattern.ts';
import { toJson } from './invocation.ts';
import { ServiceError, startJsonService } from './json-service.ts';
import type { Listening } from './listen.ts';

/** An event as EventBridge sends it to a target. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A rule with one target. */
export interface BusRule {
  readonly name: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  /** @throws if the target does not accept the event */
  readonly deliver: (event: BusEvent) => Promise<void>;
  /** Receives an event that the target did not accept after every retry. */
  readonly onFailure?: (event: BusEvent, error: unknown) => void;
  readonly retryAttempts?: number;
}

/**
 * Returns the error code for an entry that must fail. Throws a ServiceError to fail the whole request. It may
 * return a promise to delay the request.
 */
export type BusFault = (entry: RequestEntry) => string | undefined | Promise<string | undefined>;

/** An EventBridge bus in memory. */
export interface LocalEventBus extends Listening {
  addRule(rule: BusRule): void;
  /** Sets a fault that can fail each entry. `undefined` removes the fault. */
  setFault(fault: BusFault | undefined): void;
  /** Waits until every accepted event is delivered or given up. */
  settle(): Promise<void>;
}

const maxEntries = 10;
const maxEntryBytes = 256 * 1024;
const firstBackoffMs = 100;

/**
 * Starts a bus with this name, because no npm package emulates a bus. The bus supports PutEvents and rules
 * with EventBridge's patterns.
 */
export async function startEventBus(
  name: string,
  clock: Pick<Platform, 'now' | 'sleep'> = platform,
): Promise<LocalEventBus> {
  const rules: BusRule[] = [];
  let fault: BusFault | undefined;
  const underWay = new Set<Promise<void>>();
  const stop = new AbortController();

  function dispatch(event: BusEvent): void {
    for (const rule of rules.filter(({ pattern }) => matches(pattern, event))) {
      const delivery = deliver(rule, event, stop.signal, clock).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
  }

  const server = await startJsonService({
    async PutEvents({ Entries }) {
      const entries = (Entries ?? []) as readonly RequestEntry[];
      if (entries.length === 0 || entries.length > maxEntries) {
        throw new ServiceError('ValidationException', `Entries must have 1 to ${maxEntries} items.`);
      }
      if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) >= maxEntryBytes) {
        throw new ServiceError(
          'ValidationException',
          'Total size of the entries in the request is over the limit.',
        );
      }
      // The faults run before any entry is accepted. A request that fails as a whole puts no event on the
      // bus.
      const failures = await Promise.all(entries.map((entry) => fault?.(entry)));
      const results = entries.map((entry, index) => {
        const code = failures[index];
        if (code !== undefined)
          return { ErrorCode: code, ErrorMessage: 'The entry fails because a fault is set.' };
        return accept(entry, name, clock.now(), dispatch);
      });
      return {
        FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
        Entries: results,
      };
    },
  });
  return {
    ...server,
    async close() {
      stop.abort();
      await server.close();
    },
    addRule: (rule) => void rules.push(rule),
    setFault: (next) => {
      fault = next;
    },
    async settle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** An entry of a PutEvents request. */
export interface RequestEntry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  /** Seconds since 1970. */
  readonly Time?: number;
  readonly Resources?: readonly string[];
}

function accept(
  entry: RequestEntry,
  busName: string,
  now: Date,
  dispatch: (event: BusEvent) => void,
): object {
  const detail = parseDetail(entry.Detail);
  if (detail === undefined) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  if (!entry.Source || !entry.DetailType) {
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source and DetailType are required.' };
  }
  const id = randomUUID();
  // EventBridge accepts an event for a bus that does not exist, and drops it (aws/aws-sdk issue 186).
  if (entry.EventBusName !== busName) return { EventId: id };
  dispatch({
    version: '0',
    id,
    source: entry.Source,
    'detail-type': entry.DetailType,
    account: localAccount,
    // EventBridge gives the time in whole seconds.
    time: new Date(entry.Time === undefined ? now : entry.Time * 1_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: localAws.region,
    resources: entry.Resources ?? [],
    detail,
  });
  return { EventId: id };
}

/**
 * Returns the detail of an entry, or undefined if it is malformed or nested too deeply to pass to a target.
 */
function parseDetail(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const detail: unknown = JSON.parse(text ?? '');
    const isObject = typeof detail === 'object' && detail !== null && !Array.isArray(detail);
    return isObject && toJson(detail) !== undefined ? (detail as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf({ Source = '', DetailType = '', Detail = '' }: RequestEntry): number {
  return 14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}

async function deliver(
  rule: BusRule,
  event: BusEvent,
  signal: AbortSignal,
  { sleep }: Pick<Platform, 'sleep'>,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rule.deliver(event);
    } catch (error) {
      if (attempt >= (rule.retryAttempts ?? 2)) return rule.onFailure?.(event, error);
      if (signal.aborted) return;
      await sleep(firstBackoffMs * 2 ** attempt);
    }
  }
}
