import { sha256 } from '../sha256.ts';
import type { Subscription } from '../subscription.ts';
import { canonical } from './filters.ts';

// A handle makes a subscription unique per connection, so that two concurrent calls create only one. The handle of a
// named subscription is its name. No name begins with "=", so the handles below are never names.

const exactPrefix = '=exact/';

/** The handle by which `ensureWebhook` finds a subscription without a name: its resource and filters. */
export function exactHandle(resource: string, filters: Subscription['filters']): string {
  return `${exactPrefix}${resource}/${sha256(canonical(filters))}`;
}

/** The handle of the subscription that bulk operations keep on a resource. */
export function bulkHandle(resource: string): string {
  return `=bulk/${resource}`;
}

/** Whether a handle describes the filters of its subscription, and so is wrong after they change. */
export function describesFilters(handle: string | undefined): boolean {
  return handle?.startsWith(exactPrefix) ?? false;
}
