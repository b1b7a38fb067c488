import type { AsanaFilter, WebhookFilter } from './webhook.ts';

// How people write filters: on the command line with --on, and in a CDK app.

/** A filter that cannot be read, in words for the person who wrote it. */
export class FilterNotationError extends Error {}

/** What can happen to each type of resource (Asana's webhooks guide, "Actions"). */
const actionsOf: Readonly<Record<string, readonly string[]>> = {
  attachment: ['deleted', 'undeleted'],
  goal: ['added', 'changed', 'deleted', 'removed', 'undeleted'],
  portfolio: ['added', 'changed', 'deleted', 'removed'],
  project: ['added', 'changed', 'deleted', 'removed', 'undeleted'],
  project_membership: ['added', 'removed'],
  section: ['added', 'changed', 'deleted', 'undeleted'],
  story: ['added', 'changed', 'removed', 'undeleted'],
  tag: ['added', 'changed', 'deleted', 'undeleted'],
  task: ['added', 'changed', 'deleted', 'removed', 'undeleted'],
  team: ['added', 'changed', 'deleted'],
  team_membership: ['added', 'removed'],
  workspace: ['added', 'changed', 'removed'],
  workspace_membership: ['added', 'removed'],
};

/** The fields whose change Asana tells of, for the types that people filter by field (OpenAPI description). */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  task: [
    'approval_status',
    'assignee',
    'assignee_status',
    'completed',
    'completed_at',
    'custom_fields',
    'dependencies',
    'dependents',
    'due_at',
    'due_on',
    'followers',
    'html_notes',
    'liked',
    'likes',
    'memberships',
    'name',
    'notes',
    'parent',
    'projects',
    'resource_subtype',
    'start_at',
    'start_on',
    'tags',
  ],
  project: [
    'archived',
    'color',
    'completed',
    'current_status',
    'current_status_update',
    'custom_field_settings',
    'custom_fields',
    'due_date',
    'due_on',
    'followers',
    'html_notes',
    'members',
    'name',
    'notes',
    'owner',
    'privacy_setting',
    'public',
    'start_on',
    'team',
  ],
  section: ['name', 'project'],
  story: ['html_text', 'is_pinned', 'liked', 'likes', 'text'],
  tag: ['color', 'name', 'notes'],
};

/**
 * Reads `task.changed:due_on,completed`, `story.added` or `task` as one of Asana's filters; a subtype stands in
 * slashes, as in `story/comment_added.added`.
 *
 * @throws FilterNotationError naming what there is, where a part is not known.
 */
export function parseFilter(text: string): WebhookFilter {
  const match = /^([a-z_]+)(?:\/([a-z_]+))?(?:\.([a-z]+))?(?::([a-z_,]+))?$/.exec(text.trim());
  if (match === null) {
    throw new FilterNotationError(
      `"${text}" is no filter: write it as in task.changed:due_on,completed or story.added.`,
    );
  }
  const [, type = '', subtype, action, fieldText] = match;
  const actions = pick(actionsOf, type, 'resource type', text);
  if (action !== undefined && !actions.includes(action)) {
    throw new FilterNotationError(
      `"${text}": there is no action "${action}" of a ${type}. There are ${actions.join(', ')}.`,
    );
  }
  const fields = fieldText?.split(',').filter((name) => name !== '');
  if (fields !== undefined) checkFields(text, type, action, fields);
  return {
    resource_type: type,
    ...(subtype !== undefined && { resource_subtype: subtype }),
    ...(action !== undefined && { action }),
    ...(fields !== undefined && { fields }),
  };
}

function checkFields(
  text: string,
  type: string,
  action: string | undefined,
  fields: readonly string[],
): void {
  if (action !== 'changed') {
    throw new FilterNotationError(
      `"${text}": only what changed has fields. Write ${type}.changed:${fields.join(',')}.`,
    );
  }
  const known = fieldsOf[type];
  if (known === undefined) return;
  const unknown = fields.filter((field) => !known.includes(field));
  if (fields.length === 0 || unknown.length > 0) {
    const which = unknown.length > 0 ? `there is no field "${unknown.join('", "')}"` : 'no field is named';
    throw new FilterNotationError(`"${text}": ${which} of a ${type}. There are ${known.join(', ')}.`);
  }
}

function pick<T>(known: Readonly<Record<string, T>>, name: string, what: string, text: string): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found !== undefined) return found;
  throw new FilterNotationError(
    `"${text}": there is no ${what} "${name}". There are ${Object.keys(known).join(', ')}.`,
  );
}

/** Writes filters as people write them; no filters let everything through. */
export function describeFilters(filters: readonly AsanaFilter[] | undefined): string {
  if (filters === undefined || filters.length === 0) return 'everything';
  return filters
    .map(({ resource_type, resource_subtype, action, fields }) => {
      const type = `${resource_type ?? '*'}${resource_subtype ? `/${resource_subtype}` : ''}`;
      return `${type}${action ? `.${action}` : ''}${fields?.length ? `:${fields.join(',')}` : ''}`;
    })
    .join(' ');
}
