/** One event in a few words: `task 12 changed: due_on`. */
export function describeEvent(event: Readonly<Record<string, unknown>>): string {
  const { resource, action, change } = event;
  const subject = resource
    ? `${memberOf(resource, 'resource_type') ?? 'resource'} ${memberOf(resource, 'gid')}`
    : 'event';
  const field = memberOf(change, 'field');
  return `${subject} ${action ?? ''}${field ? `: ${field}` : ''}`;
}

/** A member of an unknown value. Undefined if it is missing. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
