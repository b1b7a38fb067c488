import { describeFilters } from '../../contract/filter-notation.ts';
import type { EnsuredWebhook } from '../../contract/operations/ensure-webhook.ts';
import type { RequestOf } from '../../contract/operations.ts';
import { resourceIn } from '../asana-url.ts';
import { runBulk } from '../bulk.ts';
import { type Context, command, flag, optionalArgument, text } from '../command.ts';
import { describeSubscription, resumeCommand } from '../describe-subscription.ts';
import { Misuse } from '../errors.ts';
import { connection, on, plan, requestsPerMinute, yes } from '../options.ts';

export const create = command(
  'create',
  {
    summary: 'Create a webhook, or one for every project of a workspace or team',
    examples: [
      ['create 1208 --on task.changed:due_on,completed --on story.added', ''],
      [
        'create https://app.asana.com/1/1207/project/1208/list --on task',
        'Name a project by its address in the browser',
      ],
      ['create --workspace 1207 --on task.added --plan', ''],
    ],
    conflicts: [
      ['workspace', 'team'],
      // Options for one webhook, and options for many, exclude each other.
      ...['workspace', 'team', 'yes', 'requests-per-minute'].map((many) => ['resource', many] as const),
      ...['ensure', 'idempotency-key', 'name'].flatMap((one) => [
        [one, 'workspace'] as const,
        [one, 'team'] as const,
      ]),
      ['ensure', 'idempotency-key'],
    ],
  },
  (take) => {
    const resource = take(
      optionalArgument('resource', 'Gid of a project, task or other resource, or its address in the browser'),
    );
    const wanted = take(on);
    const account = take(connection);
    const ensure = take(
      flag('ensure', 'Create it only if there is none of this name, or with these filters'),
    );
    const name = take(text('name', 'A name for the subscription, unique for the connection'));
    const idempotencyKey = take(text('idempotency-key', 'Calls with the same key create one webhook'));
    const workspace = take(text('workspace', 'Create one for every project of this workspace'));
    const team = take(text('team', 'Create one for every project of this team'));
    const isPlan = take(plan);
    const isAgreed = take(yes);
    const rate = take(requestsPerMinute);

    return async (context) => {
      const { read, manage, out } = context;
      const { filters, warnings } = read(wanted);
      for (const warning of warnings) out.warn(`${warning} It is sent to Asana as typed.`);
      const shared = { connection: read(account), filters };
      const single = read(resource);
      if (single !== undefined) {
        const request = { ...shared, resource: resourceIn(single), name: read(name) };
        if (read(isPlan)) return showPlan(request, read(ensure), context);
        if (read(ensure)) {
          const ensured = await manage('ensureWebhook', request);
          return out.result(ensured, () => showEnsured(ensured, context));
        }
        const made = await manage('createWebhook', { ...request, idempotencyKey: read(idempotencyKey) });
        return out.result(made, () => {
          out.line(`Webhook ${made.data.gid} is created: ${describeFilters(made.data.filters)}.`);
          if (made.registry) out.line(`Its subscription is ${made.registry.subscription}.`);
        });
      }
      const scope = { workspace: read(workspace), team: read(team) };
      if (scope.workspace === undefined && scope.team === undefined) {
        throw new Misuse('Name a resource, or use --workspace or --team.');
      }
      const bulk = { ...shared, requestsPerMinute: read(rate) };
      return runBulk(
        {
          plan: () => manage('createWebhooks', { ...bulk, ...scope, plan: true }),
          act: (projects) => manage('createWebhooks', { ...bulk, projects }),
          question: (amount) => `Create or update ${amount} with the connection ${bulk.connection}?`,
        },
        { isPlan: read(isPlan), isAgreed: read(isAgreed) },
        context,
      );
    };
  },
);

function showEnsured({ data, registry, ensured, others }: EnsuredWebhook, { out }: Context): void {
  const subscription = registry?.subscription ?? '';
  if (data === null) {
    out.line(`The subscription ${subscription} is paused, and was not resumed.`);
    out.line(`Resume it: ${resumeCommand(subscription)}`);
  } else {
    out.line(`Webhook ${data.gid} is ${ensured}: ${describeFilters(data.filters)}.`);
    out.line(`Its subscription is ${subscription}.`);
  }
  if (others.length === 0) return;
  out.note('Other subscriptions on this resource were not changed. They may deliver the same events:');
  for (const other of others) out.note(`  ${describeSubscription(other)}`);
}

function showPlan(request: RequestOf<'createWebhook'>, isEnsured: boolean, { out }: Context): void {
  const { resource, connection: account, filters } = request;
  const what = isEnsured ? 'make sure there is a webhook' : 'create a webhook';
  out.result(
    { status: 'planned', operation: isEnsured ? 'ensureWebhook' : 'createWebhook', ...request },
    () => out.line(`This would ${what} on ${resource}: ${describeFilters(filters ?? [])}, with ${account}.`),
  );
  out.note('Nothing was changed.');
}
