import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ReceiverEnvironment } from '../../functions/receiver/env.ts';
import type { EncryptionKey } from '../storage/encryption-key.ts';
import type { EventLog } from '../storage/event-log.ts';
import type { Registry } from '../storage/registry.ts';
import { BundledFunction, type FunctionProps } from './bundled-function.ts';

export interface ReceiverProps extends FunctionProps {
  readonly registry: Registry;
  readonly eventLog: EventLog;
  readonly encryptionKey: EncryptionKey;
  /** How long the event log keeps an event. */
  readonly eventRetention: Duration;
}

/** The function that answers Asana's handshakes and stores its signed events. */
export class Receiver extends BundledFunction<ReceiverEnvironment> {
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    super(scope, id, {
      ...props,
      name: 'receiver',
      description: "Answers Asana's webhook handshakes and stores its signed events",
      // Asana waits 10 s for an answer. The function answers 503 before that, so that Asana retries.
      timeout: Duration.seconds(10),
      // The work needs little memory, but Lambda assigns CPU in proportion to memory, and a cold start needs CPU.
      memorySize: 512,
      environment: {
        REGISTRY_TABLE_NAME: props.registry.table.tableName,
        EVENT_LOG_TABLE_NAME: props.eventLog.table.tableName,
        EVENT_RETENTION_DAYS: String(props.eventRetention.toDays()),
        ENCRYPTION_KEY_SECRET_ID: props.encryptionKey.secret.secretArn,
        POWERTOOLS_SERVICE_NAME: 'receiver',
        POWERTOOLS_METRICS_NAMESPACE: Stack.of(scope).stackName,
      },
    });
    props.registry.grantReceive(this.function);
    props.eventLog.grantAppend(this.function);
    props.encryptionKey.grantUse(this.function);
  }
}
