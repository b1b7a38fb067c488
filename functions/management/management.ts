import type { Context } from 'aws-lambda';
import { NamedError } from '../../core/errors.ts';
import { timeOf } from '../../core/time-budget.ts';
import type { Platform } from '../runtime/platform.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import type { ManagementEnvironment } from './env.ts';
import { operate } from './operations.ts';
import { parseRequest } from './parse-request.ts';
import { createServices } from './services.ts';

/** The time of an invocation that is reserved for returning the result. */
const answerReserveMs = 1_000;

/**
 * Returns the handler that runs one management operation: `{ "operation": "createWebhook", … }`. It returns the result
 * that the contract defines for the operation.
 *
 * The handler throws NamedError. Its name is one of the contract, so that callers can catch the error by name.
 */
export function createManagement(env: ManagementEnvironment, platform: Platform) {
  const telemetry = createTelemetry(env);
  const servicesFor = createServices(env, platform);

  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
  ): Promise<object> => {
    // The caller knows this id as the request id of the invocation.
    telemetry.correlate(context.awsRequestId);
    const time = timeOf(context.getRemainingTimeInMillis() - answerReserveMs, platform.now);
    try {
      const request = parseRequest(event);
      const { operation } = request;
      telemetry.count('Operations', 1, { operation });
      const result = await operate(request, servicesFor(time));
      telemetry.info('operation done', { operation });
      return result;
    } catch (error) {
      telemetry.count('ManagementErrors', 1, {
        error: error instanceof NamedError ? error.name : 'unexpected',
      });
      telemetry.error('operation failed', factsOf(error));
      throw error;
    } finally {
      telemetry.flush();
    }
  };
}

function factsOf(error: unknown) {
  return error instanceof NamedError ? { error: error.name, detail: error.message } : originOf(error);
}
