import { describeEvent } from '../../cli/console/describe-event.ts';
import type { BusEvent } from '../aws/event-bus.ts';
import type { ReceivedEvent } from '../aws/received-event.ts';
import type { Local } from '../start-local.ts';
import { callAsana } from './asana-api.ts';
import type { Feed } from './feed.ts';
import type { Terminal } from './terminal.ts';

/** How long the story waits for an event. Asana says "under a minute". The simulator needs a second. */
const timeoutMs = 15_000;

/** The parts that the story uses. */
export interface Stage {
  readonly local: Local;
  readonly project: string;
  readonly console: Terminal;
  readonly stored: Feed<ReceivedEvent>;
  readonly consumed: Feed<BusEvent>;
}

/**
 * Shows the main job step by step. The story creates a webhook and the receiver answers the handshake. Then a
 * task changes. The signed event arrives, is stored and reaches a consumer of the bus. Then a forged event is
 * refused.
 *
 * @throws Error at the first step that fails.
 */
export async function tellStory({ local, project, console, stored, consumed }: Stage): Promise<void> {
  const { asanaUrl, token } = local;
  console.heading('What happens');

  const created = await local.manage({
    operation: 'createWebhook',
    resource: project,
    filters: [{ resource_type: 'task', action: 'changed' }],
  });
  if (!created.ok) throw new Error(`createWebhook failed: ${created.failure.errorMessage}`);
  const { data, registry } = created.value as {
    readonly data: { readonly gid: string; readonly target: string };
    readonly registry: { readonly subscription: string; readonly status: string };
  };
  const handshake = local.simulator?.controls
    .deliveries({ webhook: data.gid })
    .find(({ kind }) => kind === 'handshake');
  expect(handshake?.answer === 200 && registry.status === 'active', 'the handshake was not completed');
  console.step('Handshake answered while the call was open', 'secret encrypted and stored');
  console.step(`Webhook ${data.gid} created`, registry.subscription);

  const [task] = (await callAsana(asanaUrl, token, 'GET', `/projects/${project}/tasks`)) as readonly {
    readonly gid: string;
    readonly name: string;
  }[];
  if (task === undefined) throw new Error('the project has no task');
  await callAsana(asanaUrl, token, 'PUT', `/tasks/${task.gid}`, { due_on: '2030-12-24' });
  console.step(`Task "${task.name}" changed`, 'due_on = 2030-12-24');

  const received = await stored.waitFor(({ event }) => resourceOf(event) === task.gid, timeoutMs);
  expect(
    received.webhook === data.gid && received.subscription === registry.subscription,
    'the event belongs to another webhook',
  );
  console.step('Event received, signature verified, stored', describeEvent(received.event));

  const taken = await consumed.waitFor(({ detail }) => detail.id === received.eventId, timeoutMs);
  expect(
    taken['detail-type'] === 'task.changed',
    `the detail-type of the event on the bus is ${taken['detail-type']}`,
  );
  console.step('Event taken from the bus by a consumer', `${taken.source} ${taken['detail-type']}`);

  const forged = await fetch(data.target, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Hook-Signature': 'f'.repeat(64) },
    body: JSON.stringify({ events: [received.event] }),
  });
  expect(forged.status === 401, `a forged event was answered with ${forged.status}`);
  console.step('Forged event refused', 'status 401');
}

function resourceOf({ resource }: ReceivedEvent['event']): string | undefined {
  return (resource as { readonly gid?: string } | undefined)?.gid;
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`Something went wrong: ${otherwise}`);
}
