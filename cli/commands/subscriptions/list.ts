import { describeFilters } from '../../../contract/filter-notation.ts';
import type { SubscriptionFacts } from '../../../contract/subscription.ts';
import { command, text } from '../../command.ts';
import { connectionNames } from '../../complete-values.ts';
import { stateOf } from '../../describe-subscription.ts';
import type { Output } from '../../output.ts';
import { relative } from '../../times.ts';

export const list = command(
  'list',
  {
    summary: 'List the subscriptions in the registry. Asana is not called',
    examples: [['subscriptions list --resource 1208', '']],
  },
  (take) => {
    const account = take({
      ...text('connection', 'List subscriptions of this connection (default: all connections)'),
      values: connectionNames,
    });
    const resource = take(text('resource', 'List subscriptions on the resource with this gid'));

    return async ({ read, manage, out, terminal }) => {
      const filter = { connection: read(account), resource: read(resource) };
      const listed = await manage('listSubscriptions', filter);
      const isFiltered = Object.values(filter).some((value) => value !== undefined);
      out.result(listed, () => {
        out.table(
          [
            { head: 'SUBSCRIPTION' },
            { head: 'NAME', atLeast: 8, drop: 2 },
            { head: 'RESOURCE', drop: 1 },
            { head: 'FILTERS', atLeast: 16, drop: 3 },
            { head: 'STATUS' },
            { head: 'WEBHOOK', drop: 4 },
            { head: 'LAST DELIVERY', drop: 5 },
            { head: 'CONNECTION', drop: 6 },
          ],
          listed.data.map((facts) => [
            facts.subscription,
            facts.name,
            facts.resource,
            describeFilters(facts.filters),
            stateOf(facts),
            facts.webhook?.webhookGid,
            relative(facts.webhook?.lastDeliveryAt, terminal.now()),
            facts.connection,
          ]),
          isFiltered
            ? 'No subscription matches.'
            : 'There are no subscriptions. Create one: asana-webhooks create <resource>',
        );
        explain(listed.data, out);
      });
    };
  },
);

/** Says what to do about subscriptions without a working webhook. */
function explain(subscriptions: readonly SubscriptionFacts[], out: Output): void {
  const states = new Set(subscriptions.map(stateOf));
  if (states.has('paused')) {
    out.note('paused: Asana sends no events. To resume: asana-webhooks subscriptions resume <subscription>');
  }
  if (states.has('no webhook')) {
    out.note(
      'no webhook: Asana sends no events. A call may still be creating the webhook: asana-webhooks subscriptions get <subscription>',
    );
  }
}
