import type { OperationName, ParametersOf, ResultOf } from '../../contract/operations.ts';
import { beginOAuth } from '../../core/connections/begin-oauth.ts';
import { checkConnection } from '../../core/connections/check-connection.ts';
import { deleteConnection } from '../../core/connections/delete-connection.ts';
import { finishOAuth } from '../../core/connections/finish-oauth.ts';
import { listConnections } from '../../core/connections/list-connections.ts';
import { putConnection } from '../../core/connections/put-connection.ts';
import type { OAuthServices } from '../../core/connections/services.ts';
import { getEvent } from '../../core/redelivery/get-event.ts';
import { listDeadLetters } from '../../core/redelivery/list-dead-letters.ts';
import { listEvents } from '../../core/redelivery/list-events.ts';
import { redriveDeadLetters } from '../../core/redelivery/redrive-dead-letters.ts';
import { replayEvents } from '../../core/redelivery/replay-events.ts';
import type { RedeliveryServices } from '../../core/redelivery/services.ts';
import { createWebhook } from '../../core/subscriptions/create-webhook.ts';
import { createWebhooks } from '../../core/subscriptions/create-webhooks.ts';
import { deleteWebhook } from '../../core/subscriptions/delete-webhook.ts';
import { deleteWebhooks } from '../../core/subscriptions/delete-webhooks.ts';
import { ensureWebhook } from '../../core/subscriptions/ensure-webhook.ts';
import { getQuota } from '../../core/subscriptions/get-quota.ts';
import { getSubscription } from '../../core/subscriptions/get-subscription.ts';
import { getWebhook } from '../../core/subscriptions/get-webhook.ts';
import { getWebhooks } from '../../core/subscriptions/get-webhooks.ts';
import { listSubscriptions } from '../../core/subscriptions/list-subscriptions.ts';
import type { SubscriptionServices } from '../../core/subscriptions/services.ts';
import { updateSubscription } from '../../core/subscriptions/update-subscription.ts';
import { updateWebhook } from '../../core/subscriptions/update-webhook.ts';
import type { ManagementRequest } from './parse-request.ts';

export type Services = SubscriptionServices & RedeliveryServices & OAuthServices;

/** A handler for each operation of the contract. A missing handler or a wrong return type fails `tsc`. */
const handlers: {
  readonly [Name in OperationName]: (
    parameters: ParametersOf<Name>,
    services: Services,
  ) => Promise<ResultOf<Name>>;
} = {
  createWebhook,
  getWebhook,
  getWebhooks,
  updateWebhook,
  deleteWebhook,
  ensureWebhook,
  listSubscriptions,
  getSubscription,
  updateSubscription,
  createWebhooks,
  deleteWebhooks,
  getQuota,
  listConnections,
  checkConnection,
  putConnection,
  deleteConnection,
  beginOAuth,
  finishOAuth,
  listEvents,
  getEvent,
  replayEvents,
  listDeadLetters,
  redriveDeadLetters,
};

/** Runs one operation. */
export function operate({ operation, parameters }: ManagementRequest, services: Services): Promise<object> {
  // The request pairs each name with its own parameters. TypeScript cannot infer this from a lookup in the table.
  const handle = handlers[operation] as (parameters: object, services: Services) => Promise<object>;
  return handle(parameters, services);
}
