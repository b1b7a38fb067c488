import { describeFilters } from '../../../contract/filter-notation.ts';
import type { DetailedSubscription } from '../../../contract/operations/get-subscription.ts';
import { type Context, command } from '../../command.ts';
import { adviceFor, stateOf } from '../../describe-subscription.ts';
import { subscription } from '../../options.ts';
import { inOneLine } from '../../plain-text.ts';
import { relative } from '../../times.ts';

export const get = command(
  'get',
  {
    summary: 'Show one subscription and its webhooks, as the registry knows them. Asana is not called',
    examples: [['subscriptions get sub_OfWmBv2tq0mIXpJ3H5nAfQ', '']],
  },
  (take) => {
    const named = take(subscription);

    return async (context) => {
      const { read, manage, out } = context;
      const found = await manage('getSubscription', { subscription: read(named) });
      out.result(found, () => show(found.data, context));
    };
  },
);

function show(facts: DetailedSubscription, { out, terminal }: Pick<Context, 'out' | 'terminal'>): void {
  const { webhook, webhooks } = facts;
  const ago = (iso: string | null | undefined) => relative(iso, terminal.now());
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ['subscription', facts.subscription],
    ['name', facts.name],
    ['connection', facts.connection],
    ['resource', facts.resource],
    ['filters', describeFilters(facts.filters)],
    ['status', stateOf(facts)],
    ['created', ago(facts.createdAt)],
    ['managed by', facts.managedBy === 'person' ? undefined : facts.managedBy],
    ['webhook', webhook?.webhookGid],
    ['last delivery', ago(webhook?.lastDeliveryAt)],
    ['last heartbeat', ago(webhook?.lastHeartbeatAt)],
  ];
  for (const [name, value] of rows) if (value) out.line(`${name.padEnd(16)}${inOneLine(value)}`);
  const others = webhooks.filter(
    (each) => each.webhookGid === null || each.webhookGid !== webhook?.webhookGid,
  );
  if (others.length > 0) {
    out.line('\nOther webhooks of this subscription:');
    out.table(
      [
        { head: 'WEBHOOK' },
        { head: 'STATUS' },
        { head: 'CREATED', drop: 1 },
        { head: 'LAST DELIVERY', drop: 2 },
      ],
      others.map((each) => [
        each.webhookGid ?? 'not confirmed',
        each.status,
        ago(each.createdAt),
        ago(each.lastDeliveryAt),
      ]),
      '',
    );
  }
  const advice = adviceFor(facts);
  if (advice !== undefined) out.note(advice);
}
