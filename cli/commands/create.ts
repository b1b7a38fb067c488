import { describeFilters } from '../../contract/filter-notation.ts';
import { askBefore } from '../ask.ts';
import { runBulk } from '../bulk.ts';
import { command, flag, optionalArgument, text } from '../command.ts';
import { Misuse } from '../errors.ts';
import { connection, on, plan, requestsPerMinute, yes } from '../options.ts';

export const create = command(
  'create',
  {
    summary: 'Create a webhook, or one for every project of a workspace or team',
    examples: [
      ['create 1208 --on task.changed:due_on,completed --on story.added', ''],
      ['create --workspace 1207 --on task.added --plan', ''],
    ],
    conflicts: [
      ['workspace', 'team'],
      // What is for one webhook, and what is for many.
      ...['workspace', 'team', 'plan', 'yes', 'requests-per-minute'].map(
        (many) => ['resource', many] as const,
      ),
      ...['ensure', 'idempotency-key'].flatMap((one) => [
        [one, 'workspace'] as const,
        [one, 'team'] as const,
      ]),
      ['ensure', 'idempotency-key'],
    ],
  },
  (take) => {
    const resource = take(optionalArgument('resource', 'Gid of a project, task, …'));
    const filters = take(on);
    const account = take(connection);
    const ensure = take(flag('ensure', 'Only where there is none yet'));
    const idempotencyKey = take(text('idempotency-key', 'The same key makes one webhook'));
    const workspace = take(text('workspace', 'For every project of this workspace'));
    const team = take(text('team', 'For every project of this team'));
    const isPlan = take(plan);
    const isAgreed = take(yes);
    const rate = take(requestsPerMinute);

    return async (context) => {
      const { read, manage, out } = context;
      const wanted = { connection: read(account), filters: read(filters) };
      const scope = { workspace: read(workspace), team: read(team) };
      const single = read(resource);
      if (single !== undefined) {
        const made = read(ensure)
          ? await manage('ensureWebhook', { ...wanted, resource: single })
          : await manage('createWebhook', {
              ...wanted,
              resource: single,
              idempotencyKey: read(idempotencyKey),
            });
        const { data, registry } = made;
        return out.result(made, () => {
          const what = 'ensured' in made ? made.ensured : 'created';
          out.line(`Webhook ${data.gid} is ${what}: ${describeFilters(data.filters)}.`);
          if (registry) out.line(`Its events are ${registry.subscription}.`);
        });
      }
      if (scope.workspace === undefined && scope.team === undefined) {
        throw new Misuse('Name a resource, or --workspace or --team.');
      }
      if (!read(isPlan)) {
        const where = scope.workspace === undefined ? `team ${scope.team}` : `workspace ${scope.workspace}`;
        await askBefore(`Create a webhook on every project of the ${where}?`, read(isAgreed));
      }
      const request = { ...wanted, ...scope, plan: read(isPlan), requestsPerMinute: read(rate) };
      return runBulk(() => manage('createWebhooks', request), read(isPlan), out);
    };
  },
);
