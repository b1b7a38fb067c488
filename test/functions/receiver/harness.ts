import { createHmac } from 'node:crypto';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { createReceiverRegistry } from '../../../adapters/aws/receiver-registry.ts';
import { createRegistry } from '../../../adapters/aws/registry.ts';
import { openRegistryTable } from '../../../adapters/aws/registry-table.ts';
import type { Hook } from '../../../core/hook.ts';
import { encryptSecret } from '../../../core/hook-secret.ts';
import type { ReceiverEnvironment } from '../../../functions/receiver/env.ts';
import { localAws } from '../../../local/aws/account.ts';
import { startDynamoDb } from '../../../local/aws/dynamodb.ts';
import { startHttpApi } from '../../../local/aws/http-api.ts';
import { startSecretsManager } from '../../../local/aws/secrets-manager.ts';
import { tables } from '../../../local/aws/tables.ts';
import { createTestClock, type TestClock } from '../../clock.ts';
import { hookOf } from '../../core/hooks.ts';
import { createInProcessHosts } from '../../in-process/hosts.ts';
import { encryptionKey } from '../../memory/encryption-keys.ts';
import { type AwsProxy, startAwsProxy } from './aws-proxy.ts';

export const secret = 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81';

/** The real receiver behind an HTTP API, in one container, on a test clock. Tests can reach its DynamoDB. */
export interface Harness {
  readonly clock: TestClock;
  readonly dynamodb: AwsProxy;
  readonly logs: string[];
  /** Adds an active webhook with the secret. `changes` overrides its members. */
  webhook(changes?: Partial<Hook>): Promise<Hook>;
  row(hookKey: string): Promise<Hook | undefined>;
  storedEvents(): Promise<readonly Record<string, unknown>[]>;
  post(
    path: string,
    body: string | Buffer,
    headers?: Record<string, string>,
    method?: string,
  ): Promise<Response>;
  deliver(webhook: Hook, body: string | Buffer, headers?: Record<string, string>): Promise<Response>;
  /** Values of a metric, by dimension value, since the last `logs.length = 0`. */
  refusals(): readonly string[];
  close(): Promise<void>;
}

export async function startHarness(): Promise<Harness> {
  const clock = createTestClock();
  const dynalite = await startDynamoDb(Object.values(tables), clock);
  const dynamodb = await startAwsProxy(dynalite.url);
  const secretsManager = await startSecretsManager({
    'encryption-key': JSON.stringify({
      current: encryptionKey.version,
      [encryptionKey.version]: encryptionKey.material,
    }),
  });
  const logs: string[] = [];
  const environment: ReceiverEnvironment = {
    REGISTRY_TABLE_NAME: tables.registry.TableName,
    EVENT_LOG_TABLE_NAME: tables.eventLog.TableName,
    EVENT_RETENTION_DAYS: '30',
    ENCRYPTION_KEY_SECRET_ID: 'encryption-key',
    POWERTOOLS_SERVICE_NAME: 'receiver',
    POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
  };
  const host = createInProcessHosts({
    clock,
    endpoints: { dynamodb: dynamodb.url, secretsManager: secretsManager.url },
    maxContainers: 1,
    onLog: (line) => logs.push(line),
  });
  const receiver = host('receiver', 'receiver', 10_000, environment);
  const api = await startHttpApi(receiver, 0, { clock });
  const client = new DynamoDBClient({ ...localAws, endpoint: dynalite.url });
  const table = openRegistryTable(client, { tableName: tables.registry.TableName, now: clock.now });
  const registry = {
    ...createReceiverRegistry(client, tables.registry.TableName, clock.now),
    ...createRegistry(table, clock.now),
  };

  const post: Harness['post'] = (path, body, headers = {}, method = 'POST') =>
    fetch(`${api.url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: method === 'GET' ? undefined : Buffer.from(body),
    });

  return {
    clock,
    dynamodb,
    logs,
    post,
    row: registry.find,
    async webhook(changes = {}) {
      const windowClosesAt = new Date(clock.now().getTime() + 600_000);
      const made = hookOf({ createdAt: clock.now(), windowClosesAt });
      const active: Hook = {
        ...made,
        status: 'active',
        webhookGid: '77',
        encryptedSecret: encryptSecret(secret, made.hookKey, encryptionKey),
        ...changes,
      };
      await registry.addHook(active, new Date(clock.now().getTime() + 3_600_000));
      return active;
    },
    async storedEvents() {
      const events: Record<string, unknown>[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName: tables.eventLog.TableName })) {
        events.push(...Items.map(({ event }) => JSON.parse(event?.S ?? '{}') as Record<string, unknown>));
      }
      return events;
    },
    deliver: (to, body, headers = {}) =>
      post(`/webhooks/${to.hookKey}`, body, { 'X-Hook-Signature': signatureOf(body), ...headers }),
    refusals: () =>
      logs
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as { readonly Refusals?: number; readonly reason?: string })
        .flatMap(({ Refusals, reason }) => (Refusals === 1 && reason !== undefined ? [reason] : [])),
    async close() {
      client.destroy();
      await api.close();
      await receiver.close();
      await dynamodb.close();
      await secretsManager.close();
      await dynalite.close();
      clock.stop();
    },
  };
}

export function signatureOf(body: string | Buffer): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
