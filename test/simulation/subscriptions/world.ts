import type { Row } from '../../../adapters/aws/registry-key.ts';
import type { Clock } from '../../../core/clock.ts';
import type { EncryptionKeys } from '../../../core/hook-secret.ts';
import type { ReceiverRegistry } from '../../../core/receiving/ports.ts';
import { createMemoryEncryptionKeys } from '../../memory/encryption-keys.ts';
import { createMemoryRegistry } from '../../memory/registry.ts';
import type { MemoryTable } from '../../memory/registry-table.ts';
import type { Random } from '../../random.ts';
import { type AsanaModel, createAsanaModel } from './asana-model.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Plant } from './plants.ts';

/** Everything that the callers share. */
export interface World {
  readonly asana: AsanaModel;
  readonly table: MemoryTable;
  readonly rows: ReadonlyMap<string, Row>;
  readonly receiver: ReceiverRegistry;
  readonly encryptionKeys: EncryptionKeys;
  readonly ledger: Ledger;
  /** The Asana user of each connection. */
  readonly users: Map<string, string>;
  readonly now: Clock;
  readonly plant: Plant;
  readonly newId: () => string;
  /** The material of the encryption key. */
  readonly material: string;
  /** Sets the clock of the run. */
  setClock(now: Clock): void;
}

/** The connections. `ann` and `ann-2` belong to one user, `bob` to another; `shared` changes hands. */
export const connections = ['ann', 'ann-2', 'bob', 'shared'] as const;

/** Creates a world without webhooks. */
export function createWorld(random: Random, plant: Plant): World {
  let clock: Clock = () => new Date(0);
  const now = () => clock();
  const { table, find, storeSecret, noteArrival } = createMemoryRegistry(now);
  const asana = createAsanaModel();
  let ids = 0;
  const material = String(random.seed);
  const receiver = { find, storeSecret, noteArrival };
  return {
    asana,
    table,
    rows: table.rows,
    receiver: plant.receiver?.(receiver, table) ?? receiver,
    material,
    encryptionKeys: createMemoryEncryptionKeys({ version: '1', material }),
    ledger: createLedger({ rows: table.rows, now, asana }),
    users: new Map([
      ['ann', 'A'],
      ['ann-2', 'A'],
      ['bob', 'B'],
      ['shared', 'A'],
    ]),
    now,
    plant,
    newId() {
      ids += 1;
      return String(ids);
    },
    setClock: (given) => {
      clock = given;
    },
  };
}
