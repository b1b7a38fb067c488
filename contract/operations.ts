import type * as z from 'zod';
import type { ResultType } from './operation.ts';
import { beginOAuth } from './operations/begin-oauth.ts';
import { checkConnection } from './operations/check-connection.ts';
import { createWebhook } from './operations/create-webhook.ts';
import { createWebhooks } from './operations/create-webhooks.ts';
import { deleteConnection } from './operations/delete-connection.ts';
import { deleteWebhook } from './operations/delete-webhook.ts';
import { deleteWebhooks } from './operations/delete-webhooks.ts';
import { ensureWebhook } from './operations/ensure-webhook.ts';
import { finishOAuth } from './operations/finish-oauth.ts';
import { getEvent } from './operations/get-event.ts';
import { getQuota } from './operations/get-quota.ts';
import { getSubscription } from './operations/get-subscription.ts';
import { getWebhook } from './operations/get-webhook.ts';
import { getWebhooks } from './operations/get-webhooks.ts';
import { listConnections } from './operations/list-connections.ts';
import { listDeadLetters } from './operations/list-dead-letters.ts';
import { listEvents } from './operations/list-events.ts';
import { listSubscriptions } from './operations/list-subscriptions.ts';
import { putConnection } from './operations/put-connection.ts';
import { redriveDeadLetters } from './operations/redrive-dead-letters.ts';
import { replayEvents } from './operations/replay-events.ts';
import { updateSubscription } from './operations/update-subscription.ts';
import { updateWebhook } from './operations/update-webhook.ts';

/** Every operation of the management function, in the order in which users need them. */
export const operations = {
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

export type OperationName = keyof typeof operations;

/** The parameters of an operation as a caller sends them. */
export type RequestOf<Name extends OperationName> = z.input<(typeof operations)[Name]['parameters']>;

/** The parameters of an operation after validation, with defaults filled in. */
export type ParametersOf<Name extends OperationName> = z.output<(typeof operations)[Name]['parameters']>;

/** What an operation returns. */
export type ResultOf<Name extends OperationName> =
  (typeof operations)[Name]['result'] extends ResultType<infer Result> ? Result : never;
