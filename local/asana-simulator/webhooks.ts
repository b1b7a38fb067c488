import type { Deliveries } from './deliveries.ts';
import { AsanaFault, missingInput, requireGid, unknownObject } from './errors.ts';
import type { Faults } from './faults.ts';
import { readFilters } from './filters.ts';
import { shakeHands } from './handshake.ts';
import type { Access, Resource, SimulatedWebhook, Workspace, World } from './model.ts';
import { newSecret } from './sign.ts';

/** The fields of a webhook's full record. */
export const webhookFields = [
  'resource_type',
  'active',
  'resource',
  'target',
  'created_at',
  'last_success_at',
  'last_failure_at',
  'last_failure_content',
  'delivery_retry_count',
  'next_attempt_after',
  'failure_deletion_timestamp',
  'filters',
  'is_workspace_webhook',
];

/** The fields of a webhook in a list, if no other fields are requested. */
export const compactWebhookFields = ['resource_type', 'active', 'resource', 'target'];

type Data = Readonly<Record<string, unknown>>;

/**
 * Creates a webhook. The handshake happens during this call.
 *
 * @throws AsanaFault with the documented answers. The webhook is not created then.
 */
export async function createWebhook(
  world: World,
  services: { readonly faults: Faults; readonly deliveries: Deliveries },
  access: Access,
  data: Data,
): Promise<SimulatedWebhook> {
  const resource = findResource(world, requireGid('resource', data.resource));
  const target = readTarget(world, data.target);
  const filters = readFilters(data.filters, resource);
  checkLimits(world, access, resource, target);
  const nowMs = world.clock.now().getTime();
  const webhook: SimulatedWebhook = {
    gid: world.newGid(),
    owner: access,
    workspace: workspaceOf(resource),
    resource,
    target,
    secret: newSecret(world.knobs.secretLength),
    created_at: new Date(nowMs).toISOString(),
    active: true,
    filters,
    // Real answers had a success within a second of the creation, and empty text if there was no failure.
    last_success_at: new Date(nowMs + 400).toISOString(),
    last_failure_at: null,
    last_failure_content: '',
    delivery_retry_count: 0,
    next_attempt_after: null,
    failure_deletion_timestamp: null,
  };
  await shakeHands(world, services.faults, services.deliveries, webhook);
  world.webhooks.set(webhook.gid, webhook);
  services.deliveries.begin(webhook);
  return webhook;
}

/** Returns the webhooks that this token's app registered for its user. */
export function listWebhooks(
  world: World,
  access: Access,
  workspace: string,
  resource: string | null,
): readonly SimulatedWebhook[] {
  const known = world.resources.get(workspace);
  if (known?.resource_type !== 'workspace') throw unknownObject('workspace', workspace);
  return [...world.webhooks.values()].filter(
    (webhook) =>
      isVisible(webhook, access) &&
      webhook.workspace.gid === workspace &&
      (resource === null || webhook.resource.gid === resource),
  );
}

/** @throws AsanaFault 404, also for a webhook of another user or app. */
export function findWebhook(world: World, access: Access, gid: string): SimulatedWebhook {
  const webhook = world.webhooks.get(requireGid('webhook', gid));
  if (!webhook || !isVisible(webhook, access)) throw unknownObject('webhook', gid);
  return webhook;
}

/** Replaces the filters. A webhook has no other changeable members. */
export function updateWebhook(world: World, access: Access, gid: string, data: Data): SimulatedWebhook {
  const webhook = findWebhook(world, access, gid);
  webhook.filters = readFilters(data.filters, webhook.resource);
  return webhook;
}

export function deleteWebhook(world: World, access: Access, gid: string): void {
  world.webhooks.delete(findWebhook(world, access, gid).gid);
}

/** Returns the webhook as the API shows it: every member except the secret. */
export function presentWebhook({
  owner,
  secret,
  workspace,
  ...shown
}: SimulatedWebhook): Record<string, unknown> {
  return {
    ...shown,
    resource_type: 'webhook',
    is_workspace_webhook: shown.resource.resource_type === 'workspace',
  };
}

function isVisible({ owner }: SimulatedWebhook, { user, app }: Access): boolean {
  return owner.user.gid === user.gid && owner.app === app;
}

function findResource(world: World, gid: string): Resource {
  const resource = world.resources.get(gid);
  if (!resource) throw unknownObject('resource', gid);
  return resource;
}

function workspaceOf(resource: Resource): Workspace {
  if (resource.resource_type === 'workspace') return resource;
  if (resource.resource_type === 'story') return resource.target.workspace;
  if (resource.resource_type === 'user') throw new AsanaFault(400, 'resource: Users have no webhooks');
  return resource.workspace;
}

function readTarget({ knobs }: World, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw missingInput('target');
  if (!URL.canParse(value) || /\s|%20/.test(value)) throw new AsanaFault(400, 'target: Not a valid URL');
  const { protocol, hostname } = new URL(value);
  if (protocol !== 'https:' && (knobs.requireHttps || protocol !== 'http:')) {
    throw new AsanaFault(400, 'target: Must be an https URL');
  }
  const isLocal = hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
  if (isLocal && !knobs.allowLocalTargets) throw new AsanaFault(403, `Forbidden target: ${hostname}`);
  return value;
}

function checkLimits(world: World, access: Access, resource: Resource, target: string): void {
  const { knobs } = world;
  const onResource = [...world.webhooks.values()].filter((webhook) => webhook.resource.gid === resource.gid);
  const isTaken = onResource.some(
    ({ owner, target: taken }) => owner.user.gid === access.user.gid && taken === target,
  );
  if (isTaken) {
    throw new AsanaFault(
      403,
      'Duplicated webhook: delete the existing webhook with this resource and target first.',
    );
  }
  const streams = [...world.syncTokens.values()].filter((token) => token.resource === resource.gid).length;
  const ofUser = [...world.webhooks.values()].filter((webhook) => isVisible(webhook, access));
  if (onResource.length + Math.min(streams, 1) >= knobs.maxPerResource) {
    throw new AsanaFault(403, `The limit of ${knobs.maxPerResource} webhooks on this resource is reached.`);
  }
  if (ofUser.length >= knobs.maxPerUser) {
    throw new AsanaFault(403, `The limit of ${knobs.maxPerUser} webhooks of this app and user is reached.`);
  }
}
