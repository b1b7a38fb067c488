import { createWebhook } from '../domain/create-webhook.ts';
import { deleteWebhook, getWebhook, getWebhooks, updateWebhook } from '../domain/manage.ts';
import type { ManagementServices } from '../domain/management-services.ts';
import type { AsanaBody } from '../domain/ports.ts';
import type { Payload } from './payload.ts';

/** Carries out one operation. */
export function operate(payload: Payload, services: ManagementServices): Promise<AsanaBody> {
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
  }
}
