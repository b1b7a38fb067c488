/** One event in a few words: `task 12 changed: due_on`. */
export function describeEvent(event: Readonly<Record<string, unknown>>): string {
  const { resource, action, change } = event;
  const subject = resource
    ? `${memberOf(resource, 'resource_type') ?? 'resource'} ${memberOf(resource, 'gid')}`
    : 'event';
  const field = memberOf(change, 'field');
  return `${subject} ${action ?? ''}${field ? `: ${field}` : ''}`;
}

/** A member of a value of which nothing is known; undefined where it is not there. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
