import type { ConnectionFacts } from '../../../contract/connection.ts';
import { type Context, command, flag } from '../../command.ts';
import { Failed } from '../../errors.ts';
import { relative } from '../../times.ts';

/** The number of connections that are checked at the same time. */
const concurrentChecks = 5;

export const list = command(
  'list',
  {
    summary: 'List the connections, and whether Asana accepts their tokens',
    examples: [['connections', 'Show all connections, and whether they work']],
  },
  (take) => {
    const offline = take(flag('offline', 'Do not call Asana: show only what is stored'));

    return async ({ read, manage, out, terminal }) => {
      const { data: stored } = await manage('listConnections', {});
      const data = read(offline) ? stored : await checked(stored, manage);
      out.result(data, () =>
        out.table(
          [
            { head: 'CONNECTION', atLeast: 12 },
            { head: 'KIND', drop: 2 },
            { head: 'STATE' },
            { head: 'TOKEN ENDS', drop: 1 },
          ],
          data.map(({ connection, kind, state, expiresAt }) => [
            connection,
            kind,
            state,
            relative(expiresAt, terminal.now()),
          ]),
          'There are no connections. Create one: asana-webhooks connect <name>',
        ),
      );
    };
  },
);

/** The connections, each with the state that Asana reports. */
async function checked(
  stored: readonly ConnectionFacts[],
  manage: Context['manage'],
): Promise<readonly ConnectionFacts[]> {
  const states: ConnectionFacts[] = [];
  for (let index = 0; index < stored.length; index += concurrentChecks) {
    const some = stored.slice(index, index + concurrentChecks);
    states.push(...(await Promise.all(some.map((facts) => check(facts, manage)))));
  }
  return states;
}

async function check(facts: ConnectionFacts, manage: Context['manage']): Promise<ConnectionFacts> {
  if (facts.state !== 'ready') return facts;
  try {
    const { connection, kind, state, expiresAt } = (
      await manage('checkConnection', { connection: facts.connection })
    ).data;
    return { connection, kind, state, ...(expiresAt !== undefined && { expiresAt }) };
  } catch (error) {
    // Asana could not be reached. This does not show that the connection fails.
    if (error instanceof Failed) return facts;
    throw error;
  }
}
