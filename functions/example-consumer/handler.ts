import { type BusEvent, isKnown } from '../../consumer/events.ts';
import { once } from '../../consumer/once.ts';
import { readEnvironment } from '../runtime/env.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { exampleConsumerEnvironmentNames } from './env.ts';

const env = readEnvironment(exampleConsumerEnvironmentNames, process.env);
const telemetry = createTelemetry(env);

/** A consumer to begin with: prints what changed, once for each event. */
export const handler = once(printChange, { tableName: env.HANDLED_EVENTS_TABLE_NAME });

async function printChange({ detail }: BusEvent): Promise<void> {
  telemetry.info(describe(detail), { eventId: detail.id, subscription: detail.subscription });
}

/** What happened, in a line of ids and names of fields: `task 12 changed: due_on`. */
function describe({ event }: BusEvent['detail']): string {
  if (!isKnown(event)) return 'something that Asana does not document';
  const { resource, parent } = event;
  const subject = `${resource.resource_type ?? 'resource'} ${resource.gid} ${event.action}`;
  const what = event.action === 'changed' && event.change ? `: ${event.change.field}` : '';
  const where = parent ? ` (${parent.resource_type ?? 'resource'} ${parent.gid})` : '';
  return `${subject}${what}${where}`;
}
