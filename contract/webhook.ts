/** One of Asana's filters, with the member names of its API (OpenAPI schema WebhookFilter). */
export interface WebhookFilter {
  readonly resource_type?: string;
  readonly resource_subtype?: string;
  readonly action?: string;
  readonly fields?: readonly string[];
}

/** A filter as Asana returns it: members that are not set are null. */
export type AsanaFilter = {
  readonly [Member in keyof WebhookFilter]: WebhookFilter[Member] | null;
};

/** A JSON body as Asana sent it. */
export interface AsanaBody<Data = unknown> {
  readonly data: Data;
  readonly [member: string]: unknown;
}

/** A webhook as Asana returns it (OpenAPI schema WebhookResponse). `optFields` decides on further members. */
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
 * The state of a webhook in the registry.
 *
 * - `registering`: the create call is running. A handshake is accepted while its window is open.
 * - `active`: Asana's answer confirmed the secret. Deliveries are accepted.
 * - `retiring`: another webhook of the same subscription has replaced it. Deliveries are still accepted.
 * - `deleting`: the deletion was requested and is not confirmed. Deliveries are still accepted, so that no
 *   event is lost if Asana refuses the deletion.
 * - `deleted`: the webhook is deleted. Deliveries are answered with 410.
 */
export type WebhookStatus = 'registering' | 'active' | 'retiring' | 'deleting' | 'deleted';

/**
 * The facts of the registry about a webhook that results contain. They never contain the hook key or the
 * secret.
 */
export interface RegistryFacts {
  readonly subscription: string;
  readonly connection: string;
  readonly status: WebhookStatus;
  readonly resource: string;
  readonly createdAt: string;
  readonly lastDeliveryAt: string | null;
}

/**
 * Asana's body with the facts of the registry. `registry` is null for a webhook that is not at our endpoint.
 */
export type Managed<Data> = AsanaBody<Data> & { readonly registry: RegistryFacts | null };
