import { askBefore } from '../../ask.ts';
import { argument, command, flag } from '../../command.ts';
import { connectionNames } from '../../complete-values.ts';
import { yes } from '../../options.ts';

export const deleteConnection = command(
  'delete',
  {
    summary: 'Delete a connection and its credentials',
    examples: [['connections delete sales --yes', '']],
  },
  (take) => {
    const name = take({ ...argument('name'), values: connectionNames });
    const isAgreed = take(yes);
    const force = take(
      flag('force', 'Delete it although it has webhooks, or Asana does not revoke its grant'),
    );

    return async ({ read, manage, out, terminal }) => {
      const connection = read(name);
      await askBefore(`Delete the connection ${connection} with its credentials?`, read(isAgreed), terminal);
      const { data } = await manage('deleteConnection', { connection, force: read(force) });
      out.result(data, () => {
        out.line(`Connection ${connection} is deleted.`);
        if (data.grant === 'not-revoked' || data.grant === 'unknown') {
          out.line('A grant may still be valid at Asana. To revoke it, open My settings → Apps in Asana.');
        }
      });
    };
  },
);
