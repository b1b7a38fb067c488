import type { AsanaFilter, WebhookFilter } from './webhook.ts';

// The text form of filters, for --on on the command line and for CDK apps.

/** A filter text that cannot be parsed. The message is for the person who wrote the filter. */
export class FilterNotationError extends Error {}

/** The actions of each resource type (Asana's webhooks guide, "Actions"). */
export const actionsOf: Readonly<Record<string, readonly string[]>> = {
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

/**
 * The fields whose changes Asana sends, for the types that are often filtered by field (OpenAPI description).
 */
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

/** All actions that Asana accepts in a filter (OpenAPI description, WebhookFilter). */
const actions = ['changed', 'added', 'removed', 'deleted', 'undeleted'];

/**
 * Parses a text such as `task.changed:due_on,completed`, `story.added` or `task` into one of Asana's filters.
 * A subtype follows a slash, as in `story/comment_added.added`. Types and fields are not checked, because
 * Asana's lists of them grow.
 *
 * @throws FilterNotationError if the text is not a filter
 */
export function parseFilter(text: string): WebhookFilter {
  const match = /^([a-z_]+)(?:\/([a-z_]+))?(?:\.([a-z]+))?(?::([a-z0-9_,]*))?$/.exec(text.trim());
  if (match === null) {
    throw new FilterNotationError(
      `"${text}" is not a filter. Write a filter such as task.changed:due_on,completed or story.added.`,
    );
  }
  const [, type = '', subtype, action, fieldText] = match;
  if (action !== undefined && !actions.includes(action)) {
    throw new FilterNotationError(
      `"${text}": there is no action "${action}". The actions are ${actions.join(', ')}.`,
    );
  }
  const fields = fieldText?.split(',').filter((name) => name !== '');
  if (fields?.length === 0)
    throw new FilterNotationError(`"${text}": the colon must be followed by a field.`);
  if (fields !== undefined && action !== 'changed') {
    throw new FilterNotationError(
      `"${text}": only the action "changed" can have fields. Write ${type}.changed:${fields.join(',')}.`,
    );
  }
  return {
    resource_type: type,
    ...(subtype !== undefined && { resource_subtype: subtype }),
    ...(action !== undefined && { action }),
    ...(fields !== undefined && { fields }),
  };
}

/**
 * A warning for each type, action or field of a filter that Asana does not document. Asana may still accept
 * it.
 */
export function warningsOf(filter: WebhookFilter): readonly string[] {
  const { resource_type: type = '', action, fields = [] } = filter;
  const written = describeFilters([filter]);
  const known = Object.hasOwn(actionsOf, type) ? actionsOf[type] : undefined;
  if (known === undefined) return [`${written}: Asana documents no resource type "${type}".`];
  const unknownFields = fields.filter((field) => fieldsOf[type]?.includes(field) === false);
  return [
    ...(action !== undefined && !known.includes(action)
      ? [`${written}: Asana documents no action "${action}" of a ${type}. It documents ${known.join(', ')}.`]
      : []),
    ...(unknownFields.length > 0
      ? [`${written}: Asana documents no field "${unknownFields.join('", "')}" of a ${type}.`]
      : []),
  ];
}

/** The text form of filters. Without filters every event passes: `everything`. */
export function describeFilters(filters: readonly AsanaFilter[] | undefined): string {
  if (filters === undefined || filters.length === 0) return 'everything';
  return filters
    .map(({ resource_type, resource_subtype, action, fields }) => {
      const type = `${resource_type ?? '*'}${resource_subtype ? `/${resource_subtype}` : ''}`;
      return `${type}${action ? `.${action}` : ''}${fields?.length ? `:${fields.join(',')}` : ''}`;
    })
    .join(' ');
}
