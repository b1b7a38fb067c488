import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterSink } from '../../core/publishing/ports.ts';
import { toMessage } from './dead-letter-message.ts';
import { storageCall } from './storage-call.ts';

/** The dispatcher's dead-letter queue in SQS. */
export function createDeadLetterSink(client: SQSClient, queueUrl: string): DeadLetterSink {
  return {
    async add(event) {
      await storageCall('put an event into the dead-letter queue', () =>
        client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: toMessage(event) })),
      );
    },
  };
}
