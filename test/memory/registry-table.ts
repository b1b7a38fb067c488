import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Key, type Row, toKey } from '../../adapters/aws/registry-key.ts';
import type { Condition, RegistryTable } from '../../adapters/aws/registry-table.ts';
import { isExpired } from '../../adapters/aws/row.ts';
import type { Clock } from '../../core/clock.ts';

export interface MemoryTable extends RegistryTable {
  /** The rows by key, also expired rows. */
  readonly rows: Map<string, Row>;
}

/** The registry table in memory. The same contract tests check this table and the table in DynamoDB. */
export function createMemoryTable(now: Clock): MemoryTable {
  const rows = new Map<string, Row>();
  const idOf = ({ pk, sk }: Key) => JSON.stringify([pk, sk]);
  const alive = (key: Key) => {
    const row = rows.get(idOf(key));
    return row === undefined || isExpired(row, now()) ? undefined : row;
  };
  const write = (key: Key, row: Row) => void rows.set(idOf(key), { ...row, ...toKey(key) });

  return {
    rows,
    get: async (key) => alive(key),
    getAll: async (keys) => keys.map(alive).filter((row) => row !== undefined),
    list: async (pk, prefix = '') =>
      [...rows.values()]
        .filter((row) => row.pk?.S === pk && row.sk?.S?.startsWith(prefix) && !isExpired(row, now()))
        .sort((left, right) => ((left.sk?.S ?? '') < (right.sk?.S ?? '') ? -1 : 1)),
    put: async (key, attributes) => write(key, attributes),
    async add(key, attributes, insteadOf) {
      const row = alive(key);
      if (row !== undefined && !(insteadOf && holds(insteadOf, row))) return false;
      write(key, attributes);
      return true;
    },
    async update(key, { set, remove = [], onlyIf }) {
      const row = alive(key);
      if (row === undefined || (onlyIf && !holds(onlyIf, row))) return undefined;
      const given = Object.entries(set).filter(
        (entry): entry is [string, AttributeValue] => entry[1] !== undefined,
      );
      const changed = { ...row, ...Object.fromEntries(given) };
      for (const name of remove) delete changed[name];
      write(key, changed);
      return changed;
    },
    async remove(key, onlyIf) {
      const row = rows.get(idOf(key));
      if (row !== undefined && (onlyIf === undefined || holds(onlyIf, row))) rows.delete(idOf(key));
      return alive(key) === undefined;
    },
  };
}

function holds({ oneOf = {}, not = {}, absent = [] }: Condition, row: Row): boolean {
  const isSame = (left: AttributeValue | undefined, right: AttributeValue) =>
    JSON.stringify(left) === JSON.stringify(right);
  return (
    Object.entries(oneOf).every(([name, allowed]) => allowed.some((value) => isSame(row[name], value))) &&
    Object.entries(not).every(([name, value]) => !isSame(row[name], value)) &&
    absent.every((name) => row[name] === undefined)
  );
}
