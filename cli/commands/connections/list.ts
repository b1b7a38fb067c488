import type { ConnectionFacts } from '../../../contract/connection.ts';
import { type Context, command, flag } from '../../command.ts';
import { Failed } from '../../errors.ts';
import { relative } from '../../times.ts';

/** Connections that are checked at once. */
const concurrentChecks = 5;

export const list = command(
  'list',
  {
    summary: 'List the connections, and whether Asana accepts their tokens',
    examples: [['connections', 'Who is connected, and whether it works']],
  },
  (take) => {
    const offline = take(flag('offline', 'Do not ask Asana: only say what is stored'));

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
          'There is no connection yet: asana-webhooks connect <name>.',
        ),
      );
    };
  },
);

/** The connections with the state that Asana's answer gives them. */
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
    // Asana could not be asked, which says nothing about the connection.
    if (error instanceof Failed) return facts;
    throw error;
  }
}
