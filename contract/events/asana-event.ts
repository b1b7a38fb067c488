import * as z from 'zod';

// Asana's events as TypeScript types and zod schemas. Documented members are typed (OpenAPI description,
// schemas EventResponse and AsanaNamedResource). Members that Asana adds later are accepted and kept by the
// parser.

/** One of the known names, or a name that Asana adds later. */
type Suggested<Name extends string> = Name | (string & {});

function suggested<const Name extends string>(names: readonly [Name, ...Name[]]): z.ZodType<Suggested<Name>> {
  return z.union([z.enum(names), z.string()]) as unknown as z.ZodType<Suggested<Name>>;
}

/** The resource types of Asana's events. */
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
  /** For example `milestone` of a task or `comment_added` of a story. */
  resource_subtype: z.string().optional(),
});

/**
 * A field with one value: `due_on`, `completed`, `assignee`, `custom_fields`, … Asana never sends the old
 * value.
 */
const changedField = z.looseObject({
  field: z.string(),
  action: z.literal('changed'),
  /**
   * The new value if it is a resource, null if it was cleared. Other values are not sent: read them from the
   * API.
   */
  new_value: z.looseObject({ ...resource.shape, enum_value: resource.nullish() }).nullish(),
});

/** A value was added to a field with several values: `followers`, `projects`, `tags`, `dependencies`, … */
const addedToField = z.looseObject({
  field: z.string(),
  action: z.literal('added'),
  added_value: resource.nullish(),
});

/** A value was removed from a field with several values. */
const removedFromField = z.looseObject({
  field: z.string(),
  action: z.literal('removed'),
  removed_value: resource.nullish(),
});

/** What changed, in an event whose action is `changed`. */
export const change = z.union([changedField, addedToField, removedFromField]);

const every = {
  /** Who did it; null if Asana itself did it. */
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

/** Any event: a documented event, or any other object. */
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

/** Whether Asana documents this kind of event. If so, its `action` determines its other members. */
export function isKnown(event: AsanaEvent): event is KnownEvent {
  return knownEvent.safeParse(event).success;
}
