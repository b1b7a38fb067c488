import type { AsanaFilter } from '../../contract/webhook.ts';

/** Whether two lists of filters are the same, apart from their order and from members that are not set. */
export function sameFilters(left: readonly AsanaFilter[], right: readonly AsanaFilter[]): boolean {
  return canonical(left) === canonical(right);
}

/**
 * Filters in a canonical form. Asana returns null for members that are not set, and in no meaningful order.
 */
export function canonical(filters: readonly AsanaFilter[]): string {
  return JSON.stringify(
    filters
      .map(({ resource_type, resource_subtype, action, fields }) =>
        JSON.stringify([
          resource_type ?? null,
          resource_subtype ?? null,
          action ?? null,
          fields ? [...fields].sort() : null,
        ]),
      )
      .sort(),
  );
}
