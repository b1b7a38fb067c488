import { randomBytes } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../../core/bounded.ts';
import type { Clock } from '../../core/clock.ts';
import { StorageUnavailable } from '../../core/errors.ts';
import { type Key, type Row, toKey } from './registry-key.ts';
import { isExpired } from './row.ts';
import { storageCall } from './storage-call.ts';

/** A condition on a row that exists and has not expired. Every part must hold. */
export interface Condition {
  /** Attributes that have one of these values. */
  readonly oneOf?: Readonly<Record<string, readonly AttributeValue[]>>;
  /** Attributes that do not have this value. */
  readonly not?: Readonly<Record<string, AttributeValue>>;
  /** Attributes that do not exist. */
  readonly absent?: readonly string[];
}

/** A change of a row that exists and has not expired. */
export interface Change {
  /** Attributes to set. An undefined value is left as it is. */
  readonly set: Readonly<Record<string, AttributeValue | undefined>>;
  readonly remove?: readonly string[];
  readonly onlyIf?: Condition;
}

/**
 * The registry table, with the rules that all its rows share:
 *
 * - Every read is consistent.
 * - An expired row is absent, because DynamoDB deletes expired rows up to days late.
 * - The SDK repeats a write whose answer was lost, and a conditional write then fails because of itself. So every
 *   conditional write stores a random `writeId`. If the condition fails and the row has this `writeId`, the write has
 *   succeeded.
 *
 * Failures throw StorageUnavailable.
 */
export interface RegistryTable {
  get(key: Key): Promise<Row | undefined>;
  /** The rows with these keys, in any order, without those that are absent. */
  getAll(keys: readonly Key[]): Promise<readonly Row[]>;
  /** The rows of a partition, sorted by `sk`. With `prefix`, only those whose `sk` begins with it. */
  list(pk: string, prefix?: string): Promise<readonly Row[]>;
  /** Writes a row, whether it exists or not. */
  put(key: Key, attributes: Row): Promise<void>;
  /** Adds a row. Returns false if it exists. With `insteadOf`, it also replaces a row that meets the condition. */
  add(key: Key, attributes: Row, insteadOf?: Condition): Promise<boolean>;
  /** Changes a row. Returns the row after the change, or undefined if it is absent or does not meet the condition. */
  update(key: Key, change: Change): Promise<Row | undefined>;
  /** Removes a row. With `onlyIf`, keeps a row that does not meet the condition. Returns whether the row is absent now. */
  remove(key: Key, onlyIf?: Condition): Promise<boolean>;
}

/** BatchGetItem accepts at most 100 keys (DynamoDB API reference). */
const maxKeys = 100;
const concurrentReads = 10;
/** How often unprocessed keys are read again. DynamoDB returns at least a part each time unless it is throttled. */
const maxRounds = 10;

/** Opens the registry table. */
export function openRegistryTable(
  client: DynamoDBClient,
  { tableName, now }: { readonly tableName: string; readonly now: Clock },
): RegistryTable {
  const alive = (row: Row | undefined) => (row === undefined || isExpired(row, now()) ? undefined : row);

  async function read(key: Key): Promise<Row | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: toKey(key), ConsistentRead: true }),
    );
    return alive(Item);
  }

  async function readBatch(keys: readonly Key[]): Promise<readonly Row[]> {
    const found: Row[] = [];
    let left: Row[] = keys.map(toKey);
    for (let round = 0; left.length > 0; round += 1) {
      if (round === maxRounds) throw new StorageUnavailable('Could not read all rows of the registry');
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: left, ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[tableName] ?? []));
      left = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return found.filter((row) => alive(row) !== undefined);
  }

  /** Returns undefined if the condition does not hold. */
  async function whereItHolds<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** The values of all conditions on expiry. */
  const moment = () => ({ ':now': { N: String(Math.floor(now().getTime() / 1_000)) } });

  return {
    get: (key) => storageCall('read the registry', () => read(key)),

    async getAll(keys) {
      const count = Math.ceil(keys.length / maxKeys);
      const batches = Array.from({ length: count }, (_, at) => keys.slice(at * maxKeys, (at + 1) * maxKeys));
      const rows = await mapBounded(batches, concurrentReads, (batch) =>
        storageCall('read rows of the registry', () => readBatch(batch)),
      );
      return rows.flat();
    },

    list: (pk, prefix) =>
      storageCall('list rows of the registry', async () => {
        const rows: Row[] = [];
        const pages = paginateQuery(
          { client },
          {
            TableName: tableName,
            KeyConditionExpression:
              prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: {
              ':pk': { S: pk },
              ...(prefix !== undefined && { ':prefix': { S: prefix } }),
            },
            ConsistentRead: true,
          },
        );
        for await (const { Items = [] } of pages) rows.push(...Items);
        return rows.filter((row) => alive(row) !== undefined);
      }),

    put: (key, attributes) =>
      storageCall('write the registry', async () => {
        await client.send(
          new PutItemCommand({ TableName: tableName, Item: { ...attributes, ...toKey(key) } }),
        );
      }),

    add: (key, attributes, insteadOf) =>
      storageCall('add a row to the registry', async () => {
        const writeId = newWriteId();
        const isFree = ['attribute_not_exists(pk)', 'expiresAt <= :now'];
        const replaced = insteadOf && expressionOf(insteadOf);
        const written = await whereItHolds(() =>
          client.send(
            new PutItemCommand({
              TableName: tableName,
              Item: { ...attributes, ...toKey(key), writeId },
              ConditionExpression: [...isFree, ...(replaced ? [`(${replaced.expression})`] : [])].join(
                ' OR ',
              ),
              ...(replaced && { ExpressionAttributeNames: replaced.names }),
              ExpressionAttributeValues: { ...moment(), ...replaced?.values },
            }),
          ),
        );
        return written !== undefined || (await read(key))?.writeId?.S === writeId.S;
      }),

    update: (key, { set, remove = [], onlyIf }) =>
      storageCall('change a row of the registry', async () => {
        const writeId = newWriteId();
        const given = Object.entries(set).filter(
          (entry): entry is [string, AttributeValue] => entry[1] !== undefined,
        );
        const changes = [...given, ['writeId', writeId] as const];
        // Attribute names are placeholders, because `status`, `name` and others are reserved words.
        const names = Object.fromEntries([
          ...changes.map(([name], index) => [`#s${index}`, name]),
          ...remove.map((name, index) => [`#r${index}`, name]),
        ]);
        const values = Object.fromEntries(changes.map(([, value], index) => [`:s${index}`, value]));
        const removal =
          remove.length === 0 ? '' : ` REMOVE ${remove.map((_, index) => `#r${index}`).join(', ')}`;
        const exists = 'attribute_exists(pk) AND (attribute_not_exists(expiresAt) OR expiresAt > :now)';
        const condition = onlyIf && expressionOf(onlyIf);
        const answer = await whereItHolds(() =>
          client.send(
            new UpdateItemCommand({
              TableName: tableName,
              Key: toKey(key),
              UpdateExpression: `SET ${changes.map((_, index) => `#s${index} = :s${index}`).join(', ')}${removal}`,
              ConditionExpression: condition ? `${exists} AND ${condition.expression}` : exists,
              ExpressionAttributeNames: { ...names, ...condition?.names },
              ExpressionAttributeValues: { ...values, ...moment(), ...condition?.values },
              ReturnValues: 'ALL_NEW',
            }),
          ),
        );
        if (answer !== undefined) return answer.Attributes;
        const row = await read(key);
        return row?.writeId?.S === writeId.S ? row : undefined;
      }),

    remove: (key, onlyIf) =>
      storageCall('remove a row of the registry', async () => {
        const condition = onlyIf && expressionOf(onlyIf);
        const removed = await whereItHolds(() =>
          client.send(
            new DeleteItemCommand({
              TableName: tableName,
              Key: toKey(key),
              ...(condition && {
                ConditionExpression: condition.expression,
                ExpressionAttributeNames: condition.names,
                ExpressionAttributeValues: condition.values,
              }),
            }),
          ),
        );
        return removed !== undefined || (await read(key)) === undefined;
      }),
  };
}

/** Writes a condition in DynamoDB's notation. Names are placeholders, because some are reserved words. */
function expressionOf({ oneOf = {}, not = {}, absent = [] }: Condition) {
  const [parts, names, values]: [string[], Record<string, string>, Row] = [[], {}, {}];
  const nameOf = (attribute: string) => {
    const placeholder = `#c${Object.keys(names).length}`;
    names[placeholder] = attribute;
    return placeholder;
  };
  const placeholderOf = (value: AttributeValue) => {
    const placeholder = `:c${Object.keys(values).length}`;
    values[placeholder] = value;
    return placeholder;
  };
  for (const [attribute, allowed] of Object.entries(oneOf)) {
    parts.push(`${nameOf(attribute)} IN (${allowed.map(placeholderOf).join(', ')})`);
  }
  for (const [attribute, value] of Object.entries(not))
    parts.push(`${nameOf(attribute)} <> ${placeholderOf(value)}`);
  for (const attribute of absent) parts.push(`attribute_not_exists(${nameOf(attribute)})`);
  return {
    expression: parts.join(' AND '),
    names,
    values: Object.keys(values).length === 0 ? undefined : values,
  };
}

function newWriteId(): { readonly S: string } {
  return { S: randomBytes(12).toString('base64url') };
}
