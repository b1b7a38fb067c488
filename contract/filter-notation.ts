import type { AsanaFilter, WebhookFilter } from './webhook.ts';

// How people write filters: on the command line with --on, and in a CDK app.

/** A filter that cannot be read, in words for the person who wrote it. */
export class FilterNotationError extends Error {}

/** What can happen to each type of resource (Asana's webhooks guide, "Actions"). */
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

/** The actions that Asana has for any resource (OpenAPI description, WebhookFilter). */
const actions = ['changed', 'added', 'removed', 'deleted', 'undeleted'];

/**
 * Reads `task.changed:due_on,completed`, `story.added` or `task` as one of Asana's filters; a subtype stands in
 * slashes, as in `story/comment_added.added`. Types and fields are passed on as they are: Asana's lists grow.
 *
 * @throws FilterNotationError where the text is no filter
 */
export function parseFilter(text: string): WebhookFilter {
  const match = /^([a-z_]+)(?:\/([a-z_]+))?(?:\.([a-z]+))?(?::([a-z0-9_,]*))?$/.exec(text.trim());
  if (match === null) {
    throw new FilterNotationError(
      `"${text}" is no filter: write it as in task.changed:due_on,completed or story.added.`,
    );
  }
  const [, type = '', subtype, action, fieldText] = match;
  if (action !== undefined && !actions.includes(action)) {
    throw new FilterNotationError(
      `"${text}": there is no action "${action}". There are ${actions.join(', ')}.`,
    );
  }
  const fields = fieldText?.split(',').filter((name) => name !== '');
  if (fields?.length === 0) throw new FilterNotationError(`"${text}": no field is named behind the colon.`);
  if (fields !== undefined && action !== 'changed') {
    throw new FilterNotationError(
      `"${text}": only what changed has fields. Write ${type}.changed:${fields.join(',')}.`,
    );
  }
  return {
    resource_type: type,
    ...(subtype !== undefined && { resource_subtype: subtype }),
    ...(action !== undefined && { action }),
    ...(fields !== undefined && { fields }),
  };
}

/** What is unusual about a filter, as far as Asana documents it. Asana may accept it all the same. */
export function warningsOf(filter: WebhookFilter): readonly string[] {
  const { resource_type: type = '', action, fields = [] } = filter;
  const written = describeFilters([filter]);
  const known = Object.hasOwn(actionsOf, type) ? actionsOf[type] : undefined;
  if (known === undefined) return [`${written}: Asana documents no resource type "${type}".`];
  const unknownFields = fields.filter((field) => fieldsOf[type]?.includes(field) === false);
  return [
    ...(action !== undefined && !known.includes(action)
      ? [`${written}: Asana documents no "${action}" of a ${type}. It documents ${known.join(', ')}.`]
      : []),
    ...(unknownFields.length > 0
      ? [`${written}: Asana documents no field "${unknownFields.join('", "')}" of a ${type}.`]
      : []),
  ];
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
