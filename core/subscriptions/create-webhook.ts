import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { createOnce } from './create-once.ts';
import { createSubscription, nameTaken } from './create-subscription.ts';
import { destinationOf } from './destination.ts';
import { managed } from './facts.ts';
import { createOptions } from './register.ts';
import type { SubscriptionServices } from './services.ts';

type CreateParameters = ParametersOf<'createWebhook'>;
type Created = ResultOf<'createWebhook'>;

/**
 * Creates a subscription and its webhook at Asana. If a step fails, neither is left behind (see `register`).
 *
 * @throws NamedError with a name of the contract.
 */
export async function createWebhook(
  parameters: CreateParameters,
  services: SubscriptionServices,
): Promise<Created> {
  const destination = destinationOf(parameters, services.publicBaseUrl);
  if (destination.kind === 'external') return createElsewhere(destination.target, parameters, services);
  const { connection, resource, filters = [], name, idempotencyKey, ...options } = parameters;
  const wanted = { connection, resource, filters, name, handle: name };
  if (idempotencyKey !== undefined) return createOnce(idempotencyKey, wanted, options, services);
  const created = await createSubscription(wanted, options, services);
  if (created.kind === 'taken') throw nameTaken(created.subscription);
  return managed(created.body, created.hook);
}

async function createElsewhere(
  target: string,
  { connection, resource, filters, name, idempotencyKey, ...options }: CreateParameters,
  services: SubscriptionServices,
): Promise<Created> {
  if (idempotencyKey !== undefined || name !== undefined) {
    throw new NamedError(
      'InvalidRequest',
      'name and idempotencyKey are only for targets at our own endpoint. Leave them out: Asana itself refuses a second webhook with the same resource and external target.',
    );
  }
  const created = await services
    .asana(connection)
    .createWebhook({ resource, target, filters }, createOptions(options, services.time));
  return managed(created.body, undefined);
}
