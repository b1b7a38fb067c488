import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import type { Action, ResourceType } from '../../contract/events/asana-event.ts';
import { eventSource } from '../../contract/events/source.ts';

/** The events that a consumer receives. A list matches any of its values. An absent member matches every event. */
export interface EventSelection {
  /** The type of the resource, such as `task`, `story` or `project`. */
  readonly resourceType?: ResourceType | readonly ResourceType[];
  readonly action?: Action | readonly Action[];
  /** The field that changed, such as `due_on`. */
  readonly field?: string | readonly string[];
  /** A subscription (`sub_…`) or the gid of a webhook. A list must not mix the two kinds. */
  readonly webhook?: string | readonly string[];
  /** The name of a connection. */
  readonly connection?: string | readonly string[];
}

/**
 * Returns the EventBridge pattern for a selection. An event that is redriven or replayed for one consumer matches
 * the pattern of that consumer only.
 *
 * @throws Error if the selection can never match, or contains an invalid value.
 */
export function patternFor(consumer: string, selection: EventSelection): EventPattern {
  const resourceType = listOf('resourceType', selection.resourceType, /^[a-z][a-z0-9_]*$/);
  const action = listOf('action', selection.action, /^[a-z]+$/);
  const field = listOf('field', selection.field, /^[a-z][a-z0-9_]*$/);
  const connection = listOf('connection', selection.connection, /^[A-Za-z0-9_-]{1,64}$/);
  const webhook = listOf('webhook', selection.webhook, /^(\d{1,32}|sub_[A-Za-z0-9_-]{22})$/);
  if (field && action && !action.includes('changed')) {
    throw new Error(`Expected the action "changed" for a selection by field, got: ${action.join(', ')}`);
  }
  const subscriptions = webhook?.filter((name) => name.startsWith('sub_')) ?? [];
  if (webhook && subscriptions.length > 0 && subscriptions.length < webhook.length) {
    throw new Error(
      'Expected webhook to be subscriptions or gids, got: both. Add one consumer for each kind.',
    );
  }
  return {
    source: Match.exactString(eventSource),
    detail: prune({
      subscription: subscriptions.length > 0 ? subscriptions : undefined,
      webhook: { gid: subscriptions.length > 0 ? undefined : webhook, connection },
      event: { action, resource: { resource_type: resourceType }, change: { field } },
      consumer: Match.anyOf(Match.doesNotExist(), Match.exactString(consumer)),
    }),
  };
}

function listOf(
  name: string,
  value: string | readonly string[] | undefined,
  form: RegExp,
): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const values = typeof value === 'string' ? [value] : value;
  const wrong = values.find((item) => !form.test(item));
  if (values.length === 0 || wrong !== undefined) {
    throw new Error(`Expected ${name} to have valid values, at least one, got: ${wrong ?? 'none'}`);
  }
  return values;
}

/** Removes undefined members, and members that are empty as a result. */
function prune(pattern: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(pattern).flatMap(([name, value]) => {
    const isNested =
      typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    const inner = isNested ? prune(value as Record<string, unknown>) : value;
    const isEmpty = inner === undefined || (isNested && Object.keys(inner as object).length === 0);
    return isEmpty ? [] : [[name, inner] as const];
  });
  return Object.fromEntries(kept);
}
