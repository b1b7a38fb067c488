/** One event in a line: `task 1200… changed: due_on`. */
export function describeEvent(event: Readonly<Record<string, unknown>>): string {
  const { action, resource, parent, change } = event as {
    readonly action?: string;
    readonly resource?: { readonly gid?: string; readonly resource_type?: string };
    readonly parent?: { readonly gid?: string; readonly resource_type?: string } | null;
    readonly change?: { readonly field?: string };
  };
  const subject = resource ? `${resource.resource_type} ${resource.gid}` : 'event without a resource';
  const where = parent ? ` (${parent.resource_type} ${parent.gid})` : '';
  return `${subject} ${action}${change ? `: ${change.field}` : ''}${where}`;
}
