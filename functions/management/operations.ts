import { createWebhooks, deleteWebhooks } from '../domain/bulk.ts';
import { checkConnection, deleteConnection, listConnections, putConnection } from '../domain/connections.ts';
import { createWebhook } from '../domain/create-webhook.ts';
import { listDeadLetters, redriveDeadLetters } from '../domain/dead-letters.ts';
import { ensureWebhook } from '../domain/ensure-webhook.ts';
import type { EventServices } from '../domain/event-services.ts';
import { getEvent, listEvents } from '../domain/list-events.ts';
import { deleteWebhook, getWebhook, getWebhooks, updateWebhook } from '../domain/manage.ts';
import type { ManagementServices } from '../domain/management-services.ts';
import { beginOAuth, finishOAuth, type OAuthServices } from '../domain/oauth.ts';
import { getQuota } from '../domain/quota.ts';
import { replayEvents } from '../domain/replay.ts';
import type { Payload } from './payload.ts';

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
