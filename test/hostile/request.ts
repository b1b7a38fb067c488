import type { IncomingHttpHeaders } from 'node:http';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Row = Record<string, AttributeValue>;

export interface WriteRequest {
  readonly PutRequest?: { readonly Item: Row };
  readonly DeleteRequest?: { readonly Key: Row };
}

/** The members of a request that the hostile layer reads. */
export interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Item?: Row;
  readonly Key?: Row;
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
  /** Lists of writes by table, or keys by table. */
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

export interface KeysAndAttributes {
  readonly Keys: readonly Row[];
  readonly ConsistentRead?: boolean;
}

/** One request of an SDK client. A repeated request has the same invocation, and a higher attempt. */
export interface Call {
  /** `PutItem`, `Query`, … */
  readonly operation: string;
  readonly input: Input;
  readonly invocation: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

const writeOperations = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];
const readOperations = ['GetItem', 'Query', 'Scan', 'BatchGetItem'];

/** Reads the operation, and which attempt this is, from the headers that the SDK sends. */
export function callOf(headers: IncomingHttpHeaders, input: Input): Call {
  const [, attempt = '1'] = /attempt=(\d+)/.exec(String(headers['amz-sdk-request'])) ?? [];
  return {
    operation: String(headers['x-amz-target']).split('.').at(-1) ?? '',
    input,
    invocation: String(headers['amz-sdk-invocation-id']),
    attempt: Number(attempt),
  };
}

export function isWrite({ operation }: Pick<Call, 'operation'>): boolean {
  return writeOperations.includes(operation);
}

export function isRead({ operation }: Pick<Call, 'operation'>): boolean {
  return readOperations.includes(operation);
}

/** Returns the names of the tables that a request reads or writes. */
export function tablesOf({ TableName, RequestItems }: Input): readonly string[] {
  return RequestItems ? Object.keys(RequestItems) : TableName === undefined ? [] : [TableName];
}

/** Returns the writes of a BatchWriteItem, by table. */
export function writesOf({
  RequestItems = {},
}: Input): readonly (readonly [string, readonly WriteRequest[]])[] {
  return Object.entries(RequestItems as Readonly<Record<string, readonly WriteRequest[]>>);
}

/** Whether DynamoDB may answer a read from a replica that lacks the last writes. An index is always such a replica. */
export function mayBeStale({ operation, input }: Call): boolean {
  if (operation === 'BatchGetItem') {
    const tables = Object.values(input.RequestItems as Readonly<Record<string, KeysAndAttributes>>);
    return tables.every(({ ConsistentRead }) => !ConsistentRead);
  }
  return isRead({ operation }) && (!input.ConsistentRead || input.IndexName !== undefined);
}

/** Returns the requests of a batch in two parts: the first `count` requests, and all others. */
export function splitBatch(call: Call, count: number): readonly [Input, Readonly<Record<string, unknown>>] {
  const now: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  let left = count;
  for (const [table, wanted] of Object.entries(call.input.RequestItems ?? {})) {
    const list = listOf(wanted);
    const rebuild = (part: readonly unknown[]) =>
      Array.isArray(wanted) ? part : { ...(wanted as object), Keys: part };
    const first = list.slice(0, left);
    if (first.length > 0) now[table] = rebuild(first);
    if (first.length < list.length) rest[table] = rebuild(list.slice(first.length));
    left -= first.length;
  }
  return [{ ...call.input, RequestItems: now }, rest];
}

/** Returns the number of writes or keys in a batch. */
export function sizeOfBatch({ RequestItems = {} }: Input): number {
  return Object.values(RequestItems).reduce((sum: number, wanted) => sum + listOf(wanted).length, 0);
}

function listOf(wanted: unknown): readonly unknown[] {
  return Array.isArray(wanted) ? wanted : (wanted as KeysAndAttributes).Keys;
}
