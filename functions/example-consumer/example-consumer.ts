import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BusEvent, isKnown } from '../../consumer/events.ts';
import { once } from '../../consumer/once.ts';
import { clientConfig, type Platform } from '../runtime/platform.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import type { ExampleConsumerEnvironment } from './env.ts';

/** Returns the handler of the example consumer: it logs what changed, once for each event. */
export function createExampleConsumer(env: ExampleConsumerEnvironment, platform: Platform) {
  const telemetry = createTelemetry(env);
  const dynamodb = new DynamoDBClient(clientConfig(platform, 'dynamodb'));

  return once(printChange, { tableName: env.HANDLED_EVENTS_TABLE_NAME, dynamodb });

  async function printChange({ detail }: BusEvent): Promise<void> {
    telemetry.info(describe(detail), { eventId: detail.id, subscription: detail.subscription });
  }
}

/** Describes the event in one line, with ids and field names only: `task 12 changed: due_on`. */
function describe({ event }: BusEvent['detail']): string {
  if (!isKnown(event)) return 'an event of a form that Asana does not document';
  const { resource, parent } = event;
  const subject = `${resource.resource_type ?? 'resource'} ${resource.gid} ${event.action}`;
  const what = event.action === 'changed' && event.change ? `: ${event.change.field}` : '';
  const where = parent ? ` (${parent.resource_type ?? 'resource'} ${parent.gid})` : '';
  return `${subject}${what}${where}`;
}
