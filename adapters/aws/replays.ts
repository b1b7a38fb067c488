import type { ReplayState, Replays } from '../../core/redelivery/ports.ts';
import { type Row, replayAt } from './registry-key.ts';
import type { RegistryTable } from './registry-table.ts';
import { dateIn, expiry, numberIn, textIn, texts } from './row.ts';

/** The states of replays in the registry table. */
export function createReplays(table: RegistryTable): Replays {
  return {
    async find(id) {
      const row = await table.get(replayAt(id));
      return row && fromRow(id, row);
    },

    async save(state, previousVersion) {
      const key = replayAt(state.id);
      if (previousVersion === undefined) return table.add(key, toRow(state));
      const saved = await table.update(key, {
        set: toRow(state),
        onlyIf: { oneOf: { version: [{ N: String(previousVersion) }] } },
      });
      return saved !== undefined;
    },
  };
}

function toRow({ fingerprint, at, isDone, position, sent, refused, ...state }: ReplayState): Row {
  return {
    ...texts({
      fingerprint,
      startedAt: at.toISOString(),
      position: position && JSON.stringify(position),
      leaseEndsAt: state.leaseEndsAt.toISOString(),
    }),
    isDone: { BOOL: isDone },
    sent: { N: String(sent) },
    refused: { N: String(refused) },
    version: { N: String(state.version) },
    ...expiry(state.expiresAt),
  };
}

function fromRow(id: string, row: Row): ReplayState {
  return {
    id,
    fingerprint: textIn(row, 'fingerprint'),
    at: new Date(textIn(row, 'startedAt')),
    isDone: row.isDone?.BOOL ?? false,
    position: row.position?.S === undefined ? undefined : JSON.parse(row.position.S),
    sent: numberIn(row, 'sent'),
    refused: numberIn(row, 'refused'),
    leaseEndsAt: dateIn(row, 'leaseEndsAt') ?? new Date(0),
    version: numberIn(row, 'version'),
    expiresAt: new Date(numberIn(row, 'expiresAt') * 1_000),
  };
}
