import type { AsanaFilter } from '../../contract/webhook.ts';

/** Whether two lists of filters let the same events through, as far as order and unset members are concerned. */
export function sameFilters(left: readonly AsanaFilter[], right: readonly AsanaFilter[]): boolean {
  return canonical(left) === canonical(right);
}

/** Filters in one form: Asana gives unset members as null, and keeps no order that means anything. */
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
