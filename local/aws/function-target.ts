import type { BusEvent, BusRule } from './event-bus.ts';
import type { FunctionHost } from './function-host.ts';
import type { Sqs } from './sqs.ts';

export interface ConsumerOptions {
  readonly name: string;
  readonly fn: FunctionHost;
  readonly sqs: Sqs;
  /** The SQS queue for the events that the consumer does not accept. */
  readonly deadLetterQueue: string;
  readonly onConsumed: (event: BusEvent) => void;
}

/** Returns a rule for every event with a function as its target, as the construct's `onEvent` creates it. */
export function consumerRule({ name, fn, sqs, deadLetterQueue, onConsumed }: ConsumerOptions): BusRule {
  return {
    name,
    pattern: { source: ['asana.webhooks'], detail: { consumer: [{ exists: false }, name] } },
    async deliver(event) {
      const result = await fn.invoke(event);
      if (result?.ok !== true) throw new Error(result?.failure.errorType ?? 'ThrottlingException');
      onConsumed(event);
    },
    onFailure: (event, error) =>
      sqs.send(deadLetterQueue, JSON.stringify(event), {
        ERROR_CODE: error instanceof Error ? error.message : 'unknown',
        RULE_ARN: name,
        TARGET_ARN: fn.functionArn,
      }),
  };
}
