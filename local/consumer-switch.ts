import type { FunctionHost } from './aws/function-host.ts';
import { newRequestId } from './aws/invocation.ts';

/** Makes the example consumer fail and work again, so that a person can try dead letters. */
export interface ConsumerSwitch {
  readonly isFailing: boolean;
  fail(): void;
  heal(): void;
}

export function createConsumerSwitch(): ConsumerSwitch {
  let isFailing = false;
  return {
    get isFailing() {
      return isFailing;
    },
    fail() {
      isFailing = true;
    },
    heal() {
      isFailing = false;
    },
  };
}

/**
 * Returns a host that does not invoke the function but fails every invocation while the consumer is failing.
 */
export function failingWhile(consumer: ConsumerSwitch, fn: FunctionHost): FunctionHost {
  const errorMessage = 'The consumer fails because it is set to fail in local mode.';
  const failure = { errorType: 'MadeToFail', errorMessage };
  return {
    ...fn,
    invoke: async (payload) =>
      consumer.isFailing ? { ok: false, failure, requestId: newRequestId() } : fn.invoke(payload),
  };
}

export const healPath = '/local/consumer/heal';

/** Returns the switch as HTTP requests. */
export function switchControls(consumer: ConsumerSwitch): Readonly<Record<string, () => object>> {
  const state = () => ({ failing: consumer.isFailing });
  return {
    'GET /local/consumer': state,
    'POST /local/consumer/fail'() {
      consumer.fail();
      return state();
    },
    [`POST ${healPath}`]() {
      consumer.heal();
      return state();
    },
  };
}
