import * as z from 'zod';

// Asana's events as TypeScript and zod know them. What Asana documents is typed (OpenAPI description, schemas
// EventResponse and AsanaNamedResource); what it adds tomorrow is accepted, and is still there after parsing.

/** A name that Asana uses today, or one of tomorrow. */
type Suggested<Name extends string> = Name | (string & {});

function suggested<const Name extends string>(names: readonly [Name, ...Name[]]): z.ZodType<Suggested<Name>> {
  return z.union([z.enum(names), z.string()]) as unknown as z.ZodType<Suggested<Name>>;
}

/** The resource types that Asana's events are about. */
export const resourceTypes = [
  'task',
  'project',
  'section',
  'story',
  'tag',
  'attachment',
  'portfolio',
  'goal',
  'project_membership',
  'portfolio_membership',
  'goal_membership',
  'project_status',
  'status_update',
  'custom_field',
  'team',
  'team_membership',
  'workspace',
  'workspace_membership',
  'user',
] as const;

/** What can happen to a resource. */
export const actions = ['changed', 'added', 'removed', 'deleted', 'undeleted'] as const;

export type ResourceType = Suggested<(typeof resourceTypes)[number]>;
export type Action = (typeof actions)[number];

/** A resource by its gid. */
export const resource = z.looseObject({
  gid: z.string(),
  resource_type: suggested(resourceTypes).optional(),
  /** As in `milestone` of a task or `comment_added` of a story. */
  resource_subtype: z.string().optional(),
});

/** A field with one value: `due_on`, `completed`, `assignee`, `custom_fields`, … Old values are never there. */
const changedField = z.looseObject({
  field: z.string(),
  action: z.literal('changed'),
  /** The new value where it is a resource, null where it was cleared. Of other values Asana says nothing: ask its API. */
  new_value: z.looseObject({ ...resource.shape, enum_value: resource.nullish() }).nullish(),
});

/** A field with several values got one more: `followers`, `projects`, `tags`, `dependencies`, … */
const addedToField = z.looseObject({
  field: z.string(),
  action: z.literal('added'),
  added_value: resource.nullish(),
});

/** A field with several values has one less. */
const removedFromField = z.looseObject({
  field: z.string(),
  action: z.literal('removed'),
  removed_value: resource.nullish(),
});

/** What changed, in an event whose action is `changed`. */
export const change = z.union([changedField, addedToField, removedFromField]);

const every = {
  /** Who did it; null where Asana itself did. */
  user: resource.nullish(),
  /** When it happened, ISO 8601 with milliseconds. */
  created_at: z.string(),
  resource,
  /** Where the resource was added or removed; null otherwise. */
  parent: resource.nullish(),
};

const changedEvent = z.looseObject({ ...every, action: z.literal('changed'), change: change.nullish() });
const addedEvent = z.looseObject({ ...every, action: z.literal('added') });
const removedEvent = z.looseObject({ ...every, action: z.literal('removed') });
const deletedEvent = z.looseObject({ ...every, action: z.literal('deleted') });
const undeletedEvent = z.looseObject({ ...every, action: z.literal('undeleted') });

/** An event of one of the actions that Asana documents. */
export const knownEvent = z.discriminatedUnion('action', [
  changedEvent,
  addedEvent,
  removedEvent,
  deletedEvent,
  undeletedEvent,
]);

/** Any event: one that is suggested, or an object of which nothing is promised. */
export const asanaEvent = z.union([knownEvent, z.looseObject({})]);

export type Resource = z.output<typeof resource>;
export type Change = z.output<typeof change>;
export type ChangedEvent = z.output<typeof changedEvent>;
export type AddedEvent = z.output<typeof addedEvent>;
export type RemovedEvent = z.output<typeof removedEvent>;
export type DeletedEvent = z.output<typeof deletedEvent>;
export type UndeletedEvent = z.output<typeof undeletedEvent>;
export type KnownEvent = z.output<typeof knownEvent>;
export type AsanaEvent = z.output<typeof asanaEvent>;

/** Whether the event is of a kind that Asana documents, so that its `action` tells its other members. */
export function isKnown(event: AsanaEvent): event is KnownEvent {
  return knownEvent.safeParse(event).success;
}
