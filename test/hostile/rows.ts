import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Row } from './request.ts';

/** A row that was written through the layer. */
export interface KnownRow {
  readonly table: string;
  readonly key: Row;
  /** The row now. Undefined if it was deleted. */
  image: Row | undefined;
  /** The row before its last write. */
  before: Row | undefined;
  /** The row in the replica. */
  replicated: Row | undefined;
  /** How many more stale reads may return the row as it was before. */
  staleReads: number;
  writtenAtMs: number;
}

/** All rows that were written through the layer. */
export interface Rows {
  keyOf(table: string, row: Row): Row;
  /** Stores the new image of a row. Undefined means that the row was deleted. */
  note(table: string, row: Row, image: Row | undefined, nowMs: number): void;
  /** Returns the rows of a table that the replica may not have as they are now. */
  behind(table: string): readonly KnownRow[];
  /** Notes the image that the replica has now. */
  replicated(row: KnownRow, image: Row | undefined): void;
  /** Returns the rows whose `expiresAt` (seconds) is in the past. */
  expired(nowMs: number): readonly KnownRow[];
  /** Forgets a table that was deleted. */
  forget(table: string): void;
}

/** How many stale reads there are after one write, at most. */
const maxStaleReads = 2;

/** Creates an empty record of the rows of these tables. */
export function createRows(tables: readonly CreateTableCommandInput[]): Rows {
  const keyNames = new Map(
    tables.map(({ TableName = '', KeySchema = [] }) => [
      TableName,
      KeySchema.flatMap(({ AttributeName }) => AttributeName ?? []),
    ]),
  );
  const rows = new Map<string, KnownRow>();
  const expiring = new Set<KnownRow>();
  const late = new Map<string, Set<KnownRow>>();

  const keyOf = (table: string, row: Row): Row =>
    Object.fromEntries((keyNames.get(table) ?? []).flatMap((name) => (row[name] ? [[name, row[name]]] : [])));

  function track(row: KnownRow): void {
    const isExpiring = row.image?.expiresAt?.N !== undefined;
    if (isExpiring) expiring.add(row);
    else expiring.delete(row);
    const ofTable = late.get(row.table) ?? new Set();
    late.set(row.table, ofTable);
    ofTable.add(row);
  }

  return {
    keyOf,
    note(table, keyOrRow, image, nowMs) {
      const key = keyOf(table, keyOrRow);
      const id = JSON.stringify([table, key]);
      const row = rows.get(id);
      if (row === undefined) {
        const added: KnownRow = {
          table,
          key,
          image,
          before: undefined,
          replicated: undefined,
          staleReads: maxStaleReads,
          writtenAtMs: nowMs,
        };
        rows.set(id, added);
        track(added);
        return;
      }
      // A repeated write changes nothing, so the row before it is the row before the first of these writes.
      if (isSame(row.image, image)) return;
      Object.assign(row, { before: row.image, image, staleReads: maxStaleReads, writtenAtMs: nowMs });
      track(row);
    },
    behind: (table) => [...(late.get(table) ?? [])],
    replicated(row, image) {
      row.replicated = image;
      if (image === row.image) late.get(row.table)?.delete(row);
    },
    expired: (nowMs) =>
      [...expiring].filter(({ image }) => Number(image?.expiresAt?.N) < Math.floor(nowMs / 1_000)),
    forget(table) {
      for (const [id, row] of rows) {
        if (row.table !== table) continue;
        rows.delete(id);
        expiring.delete(row);
      }
      late.delete(table);
    },
  };
}

function isSame(left: Row | undefined, right: Row | undefined): boolean {
  const canonical = (row: Row | undefined) =>
    row && JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
  return canonical(left) === canonical(right);
}
