import { argument, command } from '../../command.ts';
import { connectionNames } from '../../complete-values.ts';
import { Failed } from '../../errors.ts';
import { showConnection } from '../../show-connection.ts';

export const check = command(
  'check',
  {
    summary: 'Ask Asana which user a connection belongs to, and what it can do',
    examples: [['connections check default', '']],
  },
  (take) => {
    const name = take({ ...argument('name'), values: connectionNames });

    return async ({ read, manage, out }) => {
      const { data } = await manage('checkConnection', { connection: read(name) });
      out.result(data, () => showConnection(data, out));
      if (data.state !== 'ready') {
        throw new Failed(
          `The connection ${data.connection} does not work: it is ${data.state}.`,
          'ConnectionNotReady',
        );
      }
    };
  },
);
