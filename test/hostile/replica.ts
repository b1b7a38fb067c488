import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Call, Row } from './request.ts';
import type { KnownRow, Rows } from './rows.ts';
import type { Answer, Upstream } from './upstream.ts';

/** Copies of the tables that lag behind. */
export interface Replica {
  /** Answers a read from the copies. Returns undefined if the copies have all writes. */
  read(call: Call, nowMs: number): Promise<Answer | undefined>;
  /** Notes that a stale answer was given, so that the copies catch up after a few of them. */
  wasStale(call: Call): void;
}

/** DynamoDB's replicas are usually consistent within a second ("Read consistency" in its developer guide). */
const maxLagMs = 1_000;
const maxBatch = 25;
const suffix = '-replica';

/**
 * Creates the copies: a second table in the same DynamoDB for each table that is read inconsistently. In a copy, each
 * row that was just written is as it was before its last write. DynamoDB itself reads the copy, so keys, filters,
 * indexes and pages work as in the table.
 */
export function createReplica(
  tables: readonly CreateTableCommandInput[],
  rows: Rows,
  upstream: Upstream,
): Replica {
  const created = new Set<string>();

  async function create(table: string): Promise<void> {
    if (created.has(table)) return;
    created.add(table);
    const definition = tables.find(({ TableName }) => TableName === table);
    if (definition === undefined) throw new Error(`The hostile layer does not know the table ${table}`);
    const { StreamSpecification: _, ...copy } = definition;
    await must(upstream.call('CreateTable', { ...copy, TableName: table + suffix }));
    // dynalite accepts no request to a table that it is still creating.
    for (let isActive = false; !isActive; ) {
      const { text } = await upstream.call('DescribeTable', { TableName: table + suffix });
      isActive = JSON.parse(text).Table?.TableStatus === 'ACTIVE';
    }
  }

  /** Brings the copy to the state that a stale read sees. Returns whether it lags behind. */
  async function bring(table: string, nowMs: number): Promise<boolean> {
    const wanted = rows
      .behind(table)
      .map((row) => ({ row, image: lags(row, nowMs) ? row.before : row.image }));
    const changes = wanted.filter(({ row, image }) => row.replicated !== image);
    for (let start = 0; start < changes.length; start += maxBatch) {
      const requests = changes
        .slice(start, start + maxBatch)
        .map(({ row, image }) => writeOf(row.key, image));
      await must(upstream.call('BatchWriteItem', { RequestItems: { [table + suffix]: requests } }));
    }
    for (const { row, image } of wanted) rows.replicated(row, image);
    return rows.behind(table).length > 0;
  }

  return {
    async read({ operation, input }, nowMs) {
      const named = tablesIn(input);
      if (named.every((table) => rows.behind(table).length === 0 && !created.has(table))) return undefined;
      let isBehind = false;
      for (const table of named) {
        await create(table);
        if (await bring(table, nowMs)) isBehind = true;
      }
      if (!isBehind) return undefined;
      const { RequestItems, ConsistentRead: _, ...rest } = input;
      const { status, text } = await upstream.call(operation, {
        ...rest,
        ...(RequestItems === undefined
          ? { TableName: input.TableName + suffix }
          : { RequestItems: renamed(RequestItems) }),
      });
      // The answer names the tables as the client does.
      return {
        status,
        text: named.reduce((all, table) => all.replaceAll(`"${table}${suffix}"`, `"${table}"`), text),
      };
    },
    wasStale({ input }) {
      for (const table of tablesIn(input)) {
        for (const row of rows.behind(table)) row.staleReads -= 1;
      }
    },
  };
}

function lags(row: KnownRow, nowMs: number): boolean {
  return row.staleReads > 0 && nowMs - row.writtenAtMs < maxLagMs;
}

function writeOf(key: Row, wanted: Row | undefined) {
  return wanted === undefined ? { DeleteRequest: { Key: key } } : { PutRequest: { Item: wanted } };
}

function tablesIn({ TableName = '', RequestItems }: Call['input']): readonly string[] {
  return RequestItems === undefined ? [TableName] : Object.keys(RequestItems);
}

function renamed(items: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(items).map(([table, wanted]) => [table + suffix, wanted]));
}

async function must(call: Promise<Answer>): Promise<void> {
  const { status, text } = await call;
  if (status !== 200) throw new Error(`The replica could not be brought up to date: ${text}`);
}
