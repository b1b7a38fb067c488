import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetterQueues } from '../../core/redelivery/ports.ts';
import { readMessage } from './dead-letter-message.ts';
import { storageCall } from './storage-call.ts';

/**
 * With long polling, SQS queries every server of the queue. Therefore an empty answer means an empty queue (SQS
 * developer guide, "Long polling").
 */
const waitSeconds = 1;

/** The dead-letter queues in SQS. `urls` maps the name of each queue to its URL. */
export function createDeadLetterQueues(
  client: SQSClient,
  urls: Readonly<Record<string, string>>,
): DeadLetterQueues {
  return {
    names: Object.keys(urls),

    async count(queue) {
      const { Attributes } = await storageCall(`count the messages of ${queue}`, () =>
        client.send(
          new GetQueueAttributesCommand({
            QueueUrl: urls[queue],
            AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
          }),
        ),
      );
      return (
        Number(Attributes?.ApproximateNumberOfMessages ?? 0) +
        Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0)
      );
    },

    async receive(queue, hiddenSeconds) {
      const { Messages = [] } = await storageCall(`read dead letters of ${queue}`, () =>
        client.send(
          new ReceiveMessageCommand({
            QueueUrl: urls[queue],
            MaxNumberOfMessages: 10,
            VisibilityTimeout: hiddenSeconds,
            WaitTimeSeconds: waitSeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        ),
      );
      return Messages.map((message) => toDeadLetter(queue, message));
    },

    async remove({ queue, receipt }) {
      await storageCall(`remove a dead letter of ${queue}`, () =>
        client.send(new DeleteMessageCommand({ QueueUrl: urls[queue], ReceiptHandle: receipt })),
      );
    },

    async giveBack({ queue, receipt }) {
      await storageCall(`return a dead letter to ${queue}`, () =>
        client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: urls[queue],
            ReceiptHandle: receipt,
            VisibilityTimeout: 0,
          }),
        ),
      );
    },
  };
}

function toDeadLetter(queue: string, message: Message): DeadLetter {
  return {
    id: message.MessageId ?? '',
    queue,
    receipt: message.ReceiptHandle ?? '',
    sentAt: new Date(Number(message.Attributes?.SentTimestamp ?? 0)),
    ...readMessage(message),
  };
}
