import { command } from '../../command.ts';

export const list = command(
  'list',
  { summary: 'List the connections', examples: [['connections', 'Who is connected, and how they stand']] },
  () =>
    async ({ manage, out }) => {
      const { data } = await manage('listConnections', {});
      out.result(data, () =>
        out.table(
          ['CONNECTION', 'KIND', 'STATE', 'TOKEN UNTIL'],
          data.map(({ connection, kind, state, expiresAt }) => [connection, kind, state, expiresAt]),
          'There is no connection yet: asana-webhooks connect <name>.',
        ),
      );
    },
);
