import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { createClaims } from '../../adapters/aws/claims.ts';
import { createEventLog } from '../../adapters/aws/event-log.ts';
import { createEventReader } from '../../adapters/aws/event-reader.ts';
import { createReceiverRegistry } from '../../adapters/aws/receiver-registry.ts';
import { createRegistry } from '../../adapters/aws/registry.ts';
import { createReplays } from '../../adapters/aws/replays.ts';
import type { Claims } from '../../core/claims.ts';
import type { EventLog, ReceiverRegistry } from '../../core/receiving/ports.ts';
import type { EventReader, Replays } from '../../core/redelivery/ports.ts';
import type { Registry } from '../../core/subscriptions/ports.ts';
import { localAws } from '../../local/aws/account.ts';
import { startDynamoDb } from '../../local/aws/dynamodb.ts';
import { tables } from '../../local/aws/tables.ts';
import { createMemoryClaims } from '../memory/claims.ts';
import { createMemoryEventLog } from '../memory/event-log.ts';
import { createMemoryEventReader } from '../memory/event-reader.ts';
import { createMemoryRegistry } from '../memory/registry.ts';
import { createMemoryReplays } from '../memory/replays.ts';

/** The ports of an implementation, and a way to read the event ids in the event log. */
export interface Stores {
  readonly registry: ReceiverRegistry & Registry;
  readonly claims: Claims;
  readonly eventLog: EventLog;
  readonly events: EventReader;
  readonly replays: Replays;
  storedEventIds(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The implementations that every contract suite runs on. */
export const implementations: readonly [string, () => Promise<Stores>][] = [
  ['memory', inMemory],
  ['DynamoDB', inDynamoDb],
];

async function inMemory(): Promise<Stores> {
  const eventLog = createMemoryEventLog();
  return {
    registry: createMemoryRegistry(),
    events: createMemoryEventReader(eventLog),
    replays: createMemoryReplays(),
    claims: createMemoryClaims(),
    eventLog,
    storedEventIds: async () =>
      [...eventLog.events.values(), ...eventLog.unreadable.values()].map(({ eventId }) => eventId),
    close: async () => undefined,
  };
}

async function inDynamoDb(): Promise<Stores> {
  const server = await startDynamoDb(Object.values(tables));
  const client = new DynamoDBClient({ ...localAws, endpoint: server.url });
  const { registry, eventLog } = tables;
  return {
    registry: {
      ...createReceiverRegistry(client, registry.TableName),
      ...createRegistry(client, registry.TableName),
    },
    claims: createClaims(client, registry.TableName),
    events: createEventReader(client, eventLog.TableName),
    replays: createReplays(client, registry.TableName),
    eventLog: createEventLog(client, {
      tableName: eventLog.TableName,
      retentionMs: 30 * 24 * 3_600_000,
      now: () => new Date(),
      sleep,
    }),
    async storedEventIds() {
      const ids: string[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName: eventLog.TableName })) {
        ids.push(...Items.map(({ eventId }) => eventId?.S ?? ''));
      }
      return ids;
    },
    async close() {
      client.destroy();
      await server.close();
    },
  };
}
