import type { FunctionHost } from './aws/function-host.ts';
import { newRequestId } from './aws/invocation.ts';

/** Makes the example consumer fail, and work again, so that dead letters can be tried by hand. */
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

/** The function, which fails without being invoked as long as the switch says so. */
export function failingWhile(consumer: ConsumerSwitch, fn: FunctionHost): FunctionHost {
  const errorMessage = 'The consumer fails because local mode was told so.';
  const failure = { errorType: 'MadeToFail', errorMessage };
  return {
    ...fn,
    invoke: async (payload) =>
      consumer.isFailing ? { ok: false, failure, requestId: newRequestId() } : fn.invoke(payload),
  };
}

export const healPath = '/local/consumer/heal';

/** The switch by HTTP. */
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
