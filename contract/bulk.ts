import type { ErrorName } from './errors.ts';
import type { WebhookFilter } from './webhook.ts';

/** What was done, or would be, about one resource. */
export interface BulkItem {
  readonly resource: string;
  readonly name?: string;
  readonly action: 'create' | 'update' | 'delete' | 'none';
  /** `waiting` in a plan, for what there was no time for, and where another call is at it. */
  readonly result: 'done' | 'failed' | 'waiting';
  readonly subscription?: string;
  /** What the webhook lets through when it is done. */
  readonly filters?: readonly WebhookFilter[];
  /** What it lets through now, where that changes or the webhook goes. */
  readonly filtersBefore?: readonly WebhookFilter[];
  readonly error?: { readonly name: ErrorName; readonly message: string };
}

export interface BulkResult {
  readonly data: {
    /**
     * - `planned`: nothing was done.
     * - `done`: everything was tried; see the items for what failed.
     * - `paused`: there is more; call again with the same parameters.
     */
    readonly status: 'planned' | 'done' | 'paused';
    readonly done: number;
    readonly failed: number;
    readonly waiting: number;
    readonly unchanged: number;
    /** Every resource about which there is something to do. */
    readonly items: readonly BulkItem[];
  };
}
