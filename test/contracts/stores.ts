import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { createEventLog } from '../../adapters/aws/event-log.ts';
import { createEventReader } from '../../adapters/aws/event-reader.ts';
import { createIdempotencyRecords } from '../../adapters/aws/idempotency-records.ts';
import { createLeases } from '../../adapters/aws/leases.ts';
import { createOAuthRequests } from '../../adapters/aws/oauth-requests.ts';
import { createReceiverRegistry } from '../../adapters/aws/receiver-registry.ts';
import { createRegistry } from '../../adapters/aws/registry.ts';
import { openRegistryTable, type RegistryTable } from '../../adapters/aws/registry-table.ts';
import { createReplays } from '../../adapters/aws/replays.ts';
import type { OAuthRequests } from '../../core/connections/ports.ts';
import type { Leases } from '../../core/lease.ts';
import type { EventLog, ReceiverRegistry } from '../../core/receiving/ports.ts';
import type { EventReader, Replays } from '../../core/redelivery/ports.ts';
import type { IdempotencyRecords, Registry } from '../../core/subscriptions/ports.ts';
import { localAws } from '../../local/aws/account.ts';
import { startDynamoDb } from '../../local/aws/dynamodb.ts';
import { tables } from '../../local/aws/tables.ts';
import { startHostileDynamoDb } from '../hostile/dynamodb.ts';
import { defaultMixture } from '../hostile/faults.ts';
import { quickRetries } from '../hostile/quick-retries.ts';
import { seedOfThisFile } from '../hostile/seed.ts';
import { createMemoryEventLog } from '../memory/event-log.ts';
import { createMemoryEventReader } from '../memory/event-reader.ts';
import { createMemoryRegistry } from '../memory/registry.ts';

/** The ports of an implementation, and a way to read the event ids in the event log. */
export interface Stores {
  readonly registry: ReceiverRegistry & Registry;
  readonly table: RegistryTable;
  readonly leases: Leases;
  readonly idempotency: IdempotencyRecords;
  readonly oauthRequests: OAuthRequests;
  readonly eventLog: EventLog;
  readonly events: EventReader;
  readonly replays: Replays;
  /** The current time of the implementation. A test may set it. */
  readonly clock: { now: Date };
  storedEventIds(): Promise<readonly string[]>;
  /** Waits until reads that are not consistent see every write. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The implementations that every contract suite runs on. */
export const implementations: readonly [string, () => Promise<Stores>][] = [
  ['memory', inMemory],
  ['DynamoDB', inDynamoDb],
  ['a hostile DynamoDB', inHostileDynamoDb],
];

/** When each implementation begins. */
export const begin = new Date('2026-11-23T10:00:00.000Z');

async function inMemory(): Promise<Stores> {
  const clock = { now: begin };
  const registry = createMemoryRegistry(() => clock.now);
  const eventLog = createMemoryEventLog();
  const { table } = registry;
  return {
    clock,
    registry,
    table,
    leases: registry.leases,
    idempotency: registry.idempotency,
    oauthRequests: createOAuthRequests(table),
    replays: createReplays(table),
    events: createMemoryEventReader(eventLog),
    eventLog,
    storedEventIds: async () =>
      [...eventLog.events.values(), ...eventLog.unreadable.values()].map(({ eventId }) => eventId),
    settle: async () => undefined,
    close: async () => undefined,
  };
}

async function inDynamoDb(): Promise<Stores> {
  const clock = { now: begin };
  const server = await startDynamoDb(Object.values(tables));
  return { ...onDynamoDb(server, server.url, clock), settle: async () => undefined };
}

async function inHostileDynamoDb(): Promise<Stores> {
  const clock = { now: begin };
  const server = await startHostileDynamoDb(Object.values(tables), {
    seed: seedOfThisFile(),
    now: () => clock.now,
    sleep,
    faults: defaultMixture,
  });
  return {
    ...onDynamoDb(server, server.calmUrl, clock),
    // A read that is not consistent is stale for less than a second.
    async settle() {
      clock.now = new Date(clock.now.getTime() + 1_000);
    },
  };
}

function onDynamoDb(
  server: { readonly url: string; close(): Promise<void> },
  calmUrl: string,
  clock: { now: Date },
): Omit<Stores, 'settle'> {
  const client = new DynamoDBClient({ ...localAws, endpoint: server.url, extensions: [quickRetries] });
  const reader = new DynamoDBClient({ ...localAws, endpoint: calmUrl });
  const now = () => clock.now;
  const { registry, eventLog } = tables;
  const table = openRegistryTable(client, { tableName: registry.TableName, now });
  return {
    clock,
    registry: {
      ...createReceiverRegistry(client, registry.TableName, now),
      ...createRegistry(table, now),
    },
    table,
    leases: createLeases(table),
    idempotency: createIdempotencyRecords(table),
    oauthRequests: createOAuthRequests(table),
    events: createEventReader(client, eventLog.TableName),
    replays: createReplays(table),
    eventLog: createEventLog(client, {
      tableName: eventLog.TableName,
      retentionMs: 30 * 24 * 3_600_000,
      now: () => new Date(),
      sleep,
    }),
    async storedEventIds() {
      const ids: string[] = [];
      const pages = paginateScan({ client: reader }, { TableName: eventLog.TableName });
      for await (const { Items = [] } of pages) ids.push(...Items.map(({ eventId }) => eventId?.S ?? ''));
      return ids;
    },
    async close() {
      client.destroy();
      reader.destroy();
      await server.close();
    },
  };
}
