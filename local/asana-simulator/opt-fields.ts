/** The members of a compact object if no fields are requested. */
export const compact = ['resource_type', 'name'];

/**
 * Returns an object with the requested fields. A field is a path such as `resource.name`. Every included object has its
 * gid, whatever fields are requested (Asana, "Input/output options").
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

/** Returns the members of an object that is requested as a whole: the compact members, or all if it has no gid. */
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
