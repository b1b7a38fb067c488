import { argument, command } from '../../command.ts';
import { showConnection } from '../../show-connection.ts';

export const check = command(
  'check',
  {
    summary: 'Ask Asana who a connection is, and what it can do',
    examples: [['connections check default', '']],
  },
  (take) => {
    const name = take(argument('name'));

    return async ({ read, manage, out }) => {
      const { data } = await manage('checkConnection', { connection: read(name) });
      out.result(data, () => showConnection(data, out));
    };
  },
);
