/** One of Asana's filters, in the words of its API (OpenAPI schema WebhookFilter). */
export interface WebhookFilter {
  readonly resource_type?: string;
  readonly resource_subtype?: string;
  readonly action?: string;
  readonly fields?: readonly string[];
}

/** A filter as Asana shows it: members that are not set are null. */
export type AsanaFilter = {
  readonly [Member in keyof WebhookFilter]: WebhookFilter[Member] | null;
};

/** A JSON body as Asana sent it. */
export interface AsanaBody<Data = unknown> {
  readonly data: Data;
  readonly [member: string]: unknown;
}

/** A webhook as Asana shows it (OpenAPI schema WebhookResponse). What else is there depends on `optFields`. */
export interface AsanaWebhook {
  readonly gid: string;
  /** Whether Asana sends events. */
  readonly active?: boolean;
  readonly resource?: { readonly gid: string; readonly resource_type?: string; readonly name?: string };
  readonly target?: string;
  readonly filters?: readonly AsanaFilter[];
  readonly created_at?: string;
  readonly last_success_at?: string | null;
  readonly last_failure_at?: string | null;
  readonly last_failure_content?: string | null;
  readonly [member: string]: unknown;
}

/**
 * What we want of a webhook.
 *
 * - `registering`: the create call is under way; a handshake is taken while the window is open.
 * - `active`: Asana's answer confirmed the secret; deliveries are taken.
 * - `deleting`: its deletion was asked for and is not confirmed; deliveries are still taken, so that nothing
 *   is lost if Asana refuses.
 * - `deleted`: gone; deliveries are answered 410.
 */
export type WebhookStatus = 'registering' | 'active' | 'deleting' | 'deleted';

/** What we know of a webhook, as results show it. The hook key and the secret are never part of it. */
export interface RegistryFacts {
  readonly subscription: string;
  readonly connection: string;
  readonly status: WebhookStatus;
  readonly resource: string;
  readonly createdAt: string;
  readonly lastDeliveryAt: string | null;
}

/** Asana's body with our own facts; `registry` is null for a webhook that is not at our endpoint. */
export type Managed<Data> = AsanaBody<Data> & { readonly registry: RegistryFacts | null };
