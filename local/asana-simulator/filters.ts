import { AsanaFault } from './errors.ts';
import type { RecordedEvent, Resource, WebhookFilter } from './model.ts';

const actions = ['changed', 'added', 'removed', 'deleted', 'undeleted'];
const members = ['resource_type', 'resource_subtype', 'action', 'fields'];
/** Resources whose webhooks must have filters, and whose filters must not have fields (webhooks guide). */
const higherLevel = ['workspace', 'team', 'portfolio'];
/**
 * Reads a webhook's filters for a resource. Unset members are null, as in Asana's answers. Any resource type is
 * accepted: Asana's list of the events that reach a workspace, team or portfolio is not complete, and programs register
 * `goal` there.
 *
 * @throws AsanaFault 400. Asana does not document these answers; the wording is a guess.
 */
export function readFilters(value: unknown, resource: Resource): readonly WebhookFilter[] {
  const isHigherLevel = higherLevel.includes(resource.resource_type);
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) {
    if (isHigherLevel) throw bad(`Filters are required for a webhook on a ${resource.resource_type}`);
    return [];
  }
  if (!Array.isArray(value)) throw bad('Not an array');
  return value.map((filter) => readFilter(filter, isHigherLevel ? resource.resource_type : undefined));
}

function readFilter(value: unknown, higher: string | undefined): WebhookFilter {
  if (typeof value !== 'object' || value === null) throw bad('Not an object');
  const filter = value as Record<string, unknown>;
  const unknown = Object.keys(filter).filter((name) => !members.includes(name));
  if (unknown.length > 0) throw bad(`Unknown member: ${unknown.join(', ')}`);
  const resource_type = readText(filter, 'resource_type');
  const resource_subtype = readText(filter, 'resource_subtype');
  const action = readText(filter, 'action');
  const { fields } = filter;
  if (action !== null && !actions.includes(action)) throw bad(`Unknown action: ${action}`);
  if (fields !== undefined && fields !== null) {
    if (higher) throw bad(`Fields are not supported for a webhook on a ${higher}`);
    if (action !== 'changed') throw bad('Fields are only supported with the action "changed"');
    if (!isTexts(fields)) throw bad('Fields must be an array of strings');
    return { resource_type, resource_subtype, action, fields };
  }
  return { resource_type, resource_subtype, action, fields: null };
}

function readText(filter: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = filter[name] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw bad(`${name}: Not a string`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function bad(message: string): AsanaFault {
  return new AsanaFault(400, `filters: ${message}`);
}

/** Returns true if there are no filters, or if at least one filter matches the event. */
export function passes(event: RecordedEvent, filters: readonly WebhookFilter[]): boolean {
  return filters.length === 0 || filters.some((filter) => matches(event, filter));
}

function matches({ resource, action, change }: RecordedEvent, filter: WebhookFilter): boolean {
  const subtype = 'resource_subtype' in resource ? resource.resource_subtype : null;
  return (
    (filter.resource_type === null || filter.resource_type === resource.resource_type) &&
    (filter.resource_subtype === null || filter.resource_subtype === subtype) &&
    (filter.action === null || filter.action === action) &&
    (filter.fields === null || (change !== undefined && filter.fields.includes(change.field)))
  );
}
