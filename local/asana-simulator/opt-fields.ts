/** The members a compact object has when no fields are asked for. */
export const compact = ['resource_type', 'name'];

/**
 * An object with the asked-for fields, given as paths such as `resource.name`. The gid of every included object
 * is there whatever is asked for (Asana, "Input/output options").
 */
export function pick(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => pick(item, paths));
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>;
  const picked: Record<string, unknown> = 'gid' in source ? { gid: source.gid } : {};
  for (const [name, rest] of grouped(paths)) {
    if (!(name in source)) continue;
    picked[name] = pick(source[name], rest.length > 0 ? rest : membersOf(source[name]));
  }
  return picked;
}

/** What a nested object shows when it is asked for as a whole: its compact form, or all of what has no gid. */
function membersOf(value: unknown): readonly string[] {
  const sample = Array.isArray(value) ? value[0] : value;
  if (typeof sample !== 'object' || sample === null) return [];
  return 'gid' in sample ? compact : Object.keys(sample);
}

function grouped(paths: readonly string[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const [name = '', ...rest] = path.trim().split('.');
    if (name === '') continue;
    const group = groups.get(name) ?? [];
    if (rest.length > 0) group.push(rest.join('.'));
    groups.set(name, group);
  }
  return groups;
}
