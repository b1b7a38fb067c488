import { createWebhook } from '../domain/create-webhook.ts';
import { listDeadLetters, redriveDeadLetters } from '../domain/dead-letters.ts';
import type { EventServices } from '../domain/event-services.ts';
import { getEvent, listEvents } from '../domain/list-events.ts';
import { deleteWebhook, getWebhook, getWebhooks, updateWebhook } from '../domain/manage.ts';
import type { ManagementServices } from '../domain/management-services.ts';
import { replayEvents } from '../domain/replay.ts';
import type { Payload } from './payload.ts';

export type Services = ManagementServices & EventServices;

/** Carries out one operation. */
export function operate(payload: Payload, services: Services): Promise<object> {
  switch (payload.operation) {
    case 'createWebhook':
      return createWebhook(payload, services);
    case 'getWebhook':
      return getWebhook(payload, services);
    case 'getWebhooks':
      return getWebhooks(payload, services);
    case 'updateWebhook':
      return updateWebhook(payload, services);
    case 'deleteWebhook':
      return deleteWebhook(payload, services);
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
