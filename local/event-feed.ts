import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { localAws } from './aws.ts';
import { tables } from './tables.ts';

/** An event as the event log holds it. */
export interface ReceivedEvent {
  readonly eventId: string;
  readonly subscription: string;
  readonly webhook: string;
  /** As Asana sent it. */
  readonly event: Readonly<Record<string, unknown>>;
}

const pollMs = 150;

/**
 * Follows the event log: answers each event once, oldest first. dynalite has no streams, so the table is read
 * again and again, which is fine for what one person does on one machine.
 */
export async function* followEvents(dynamodbUrl: string, signal: AbortSignal): AsyncGenerator<ReceivedEvent> {
  const client = new DynamoDBClient({ ...localAws, endpoint: dynamodbUrl });
  const seen = new Set<string>();
  try {
    while (!signal.aborted) {
      for (const received of await readAll(client)) {
        const key = `${received.subscription} ${received.eventId}`;
        if (seen.has(key)) continue;
        seen.add(key);
        yield received;
      }
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    client.destroy();
  }
}

async function readAll(client: DynamoDBClient): Promise<readonly ReceivedEvent[]> {
  const found: (ReceivedEvent & { readonly sortKey: string })[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tables.eventLog.TableName })) {
    for (const item of Items) {
      found.push({
        sortKey: item.sortKey?.S ?? '',
        eventId: item.eventId?.S ?? '',
        subscription: item.subscription?.S ?? '',
        webhook: item.webhookGid?.S ?? '',
        event: JSON.parse(item.event?.S ?? '{}') as Record<string, unknown>,
      });
    }
  }
  return found.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1)).map(({ sortKey, ...received }) => received);
}
