import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { mapBounded } from '../bounded.ts';
import { findFacts } from './connection-facts.ts';
import type { ConnectionServices } from './services.ts';

const concurrentReads = 10;

/** Lists the connections, without their tokens. */
export async function listConnections(
  _: ParametersOf<'listConnections'>,
  { connections }: ConnectionServices,
): Promise<ResultOf<'listConnections'>> {
  const names = await connections.names();
  const found = await mapBounded(names, concurrentReads, (name) => findFacts(name, connections));
  // Secrets Manager lists a secret for a while after it was deleted.
  const existing = found.filter((facts) => facts !== undefined);
  return { data: existing.map(({ scopes: _scopes, ...facts }) => facts) };
}
