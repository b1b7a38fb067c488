import type { Key, Row } from '../../../adapters/aws/registry-key.ts';
import type { RegistryTable } from '../../../adapters/aws/registry-table.ts';
import type { MemoryTable } from '../../memory/registry-table.ts';

/** Sees each change of a row. An absent row is undefined. */
export type OnChange = (before: Row | undefined, after: Row | undefined) => void;

/** The table, with a listener for every write. */
export function watchTable(table: MemoryTable, onChange: OnChange): RegistryTable {
  const rowAt = ({ pk, sk }: Key) => table.rows.get(JSON.stringify([pk, sk]));
  async function watched<T>(key: Key, write: () => Promise<T>): Promise<T> {
    const before = rowAt(key);
    const result = await write();
    const after = rowAt(key);
    if (before !== after) onChange(before, after);
    return result;
  }
  return {
    get: table.get,
    getAll: table.getAll,
    list: table.list,
    put: (key, attributes) => watched(key, () => table.put(key, attributes)),
    add: (key, attributes, insteadOf) => watched(key, () => table.add(key, attributes, insteadOf)),
    update: (key, change) => watched(key, () => table.update(key, change)),
    remove: (key, onlyIf) => watched(key, () => table.remove(key, onlyIf)),
  };
}

/**
 * The table with the `writeId` of each conditional write, as the table in DynamoDB has it: a write that is repeated,
 * because its answer was lost, meets itself and has succeeded.
 */
export function withWriteIds(table: RegistryTable, newId: () => string): RegistryTable {
  return {
    ...readsOf(table),
    put: (key, attributes) => table.put(key, attributes),
    async add(key, attributes, insteadOf) {
      const writeId = { S: newId() };
      if (await table.add(key, { ...attributes, writeId }, insteadOf)) return true;
      return (await table.get(key))?.writeId?.S === writeId.S;
    },
    async update(key, change) {
      const writeId = { S: newId() };
      const changed = await table.update(key, { ...change, set: { ...change.set, writeId } });
      if (changed !== undefined) return changed;
      const row = await table.get(key);
      return row?.writeId?.S === writeId.S ? row : undefined;
    },
    remove: (key, onlyIf) => table.remove(key, onlyIf),
  };
}

function readsOf(table: RegistryTable): Pick<RegistryTable, 'get' | 'getAll' | 'list'> {
  return {
    get: (key) => table.get(key),
    getAll: (keys) => table.getAll(keys),
    list: (pk, prefix) => table.list(pk, prefix),
  };
}
