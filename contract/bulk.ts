import type { ErrorName } from './errors.ts';
import type { WebhookFilter } from './webhook.ts';

/** What was done, or would be done, for one resource. */
export interface BulkItem {
  readonly resource: string;
  readonly name?: string;
  readonly action: 'create' | 'update' | 'delete' | 'none';
  /** `waiting` in a plan, if the time ran out, or while another call works on the same resource. */
  readonly result: 'done' | 'failed' | 'waiting';
  readonly subscription?: string;
  /** The filters of the webhook after the change. */
  readonly filters?: readonly WebhookFilter[];
  /** The filters of the webhook before the change, if they change or the webhook is deleted. */
  readonly filtersBefore?: readonly WebhookFilter[];
  readonly error?: { readonly name: ErrorName; readonly message: string };
}

export interface BulkResult {
  readonly data: {
    /**
     * - `planned`: nothing was changed.
     * - `done`: every item was tried; the items show what failed.
     * - `paused`: items are left; call again with the same parameters.
     */
    readonly status: 'planned' | 'done' | 'paused';
    readonly done: number;
    readonly failed: number;
    readonly waiting: number;
    readonly unchanged: number;
    /** Every resource that needs a change. */
    readonly items: readonly BulkItem[];
  };
}
