import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { mapBounded } from '../bounded.ts';
import { readFacts } from './connection-facts.ts';
import type { ConnectionServices } from './services.ts';

const concurrentReads = 10;

/** Lists the connections, without their tokens. */
export async function listConnections(
  _: ParametersOf<'listConnections'>,
  { connections }: ConnectionServices,
): Promise<ResultOf<'listConnections'>> {
  const names = await connections.names();
  const data = await mapBounded(names, concurrentReads, async (connection) => {
    const { scopes: __, ...facts } = await readFacts(connection, connections);
    return facts;
  });
  return { data };
}
