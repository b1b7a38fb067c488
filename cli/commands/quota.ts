import { command } from '../command.ts';
import { connection } from '../options.ts';

export const quota = command(
  'quota',
  {
    summary: "Count webhooks against Asana's limits",
    examples: [['quota --connection sales', '']],
  },
  (take) => {
    const account = take(connection);

    return async ({ read, manage, out }) => {
      const { data } = await manage('getQuota', { connection: read(account) });
      out.result(data, () => {
        const { used, limit } = data.webhooks;
        out.line(`${used} of ${limit} webhooks that Asana allows for an app and user.`);
        out.table(
          [{ head: 'RESOURCE' }, { head: 'WEBHOOKS' }, { head: 'OF' }],
          data.resources.map((resource) => [resource.resource, resource.used, resource.limit]),
          'There are no webhooks.',
        );
        for (const { workspace, message } of data.refused) {
          out.warn(`The webhooks of the workspace ${workspace} are not counted. ${message}`);
        }
      });
    };
  },
);
