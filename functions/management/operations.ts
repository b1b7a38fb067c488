import type { Payload } from '../../contract/payload.ts';
import {
  checkConnection,
  deleteConnection,
  listConnections,
  putConnection,
} from '../../core/connections/connections.ts';
import { beginOAuth, finishOAuth, type OAuthServices } from '../../core/connections/oauth.ts';
import { listDeadLetters, redriveDeadLetters } from '../../core/redelivery/dead-letters.ts';
import { getEvent, listEvents } from '../../core/redelivery/list-events.ts';
import { replayEvents } from '../../core/redelivery/replay-events.ts';
import type { EventServices } from '../../core/redelivery/services.ts';
import { createWebhooks, deleteWebhooks } from '../../core/subscriptions/bulk.ts';
import { createWebhook } from '../../core/subscriptions/create-webhook.ts';
import { ensureWebhook } from '../../core/subscriptions/ensure-webhook.ts';
import { getQuota } from '../../core/subscriptions/get-quota.ts';
import { deleteWebhook, getWebhook, getWebhooks, updateWebhook } from '../../core/subscriptions/manage.ts';
import type { ManagementServices } from '../../core/subscriptions/services.ts';

export type Services = ManagementServices & EventServices & OAuthServices;

/** Carries out one operation. */
export function operate(payload: Payload, services: Services): Promise<object> {
  switch (payload.operation) {
    case 'createWebhook':
      return createWebhook(payload, services);
    case 'ensureWebhook':
      return ensureWebhook(payload, services);
    case 'getWebhook':
      return getWebhook(payload, services);
    case 'getWebhooks':
      return getWebhooks(payload, services);
    case 'updateWebhook':
      return updateWebhook(payload, services);
    case 'deleteWebhook':
      return deleteWebhook(payload, services);
    case 'createWebhooks':
      return createWebhooks(payload, services);
    case 'deleteWebhooks':
      return deleteWebhooks(payload, services);
    case 'getQuota':
      return getQuota(payload, services);
    case 'listConnections':
      return listConnections(services);
    case 'checkConnection':
      return checkConnection(payload, services);
    case 'putConnection':
      return putConnection(payload, services);
    case 'deleteConnection':
      return deleteConnection(payload, services);
    case 'beginOAuth':
      return beginOAuth(payload, services);
    case 'finishOAuth':
      return finishOAuth(payload, services);
    case 'listEvents':
      return listEvents(payload, services);
    case 'getEvent':
      return getEvent(payload, services);
    case 'replayEvents':
      return replayEvents(payload, services);
    case 'listDeadLetters':
      return listDeadLetters(payload, services);
    case 'redriveDeadLetters':
      return redriveDeadLetters(payload, services);
  }
}
