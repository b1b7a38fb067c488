import { createHash, randomUUID } from 'node:crypto';
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { localAccount } from './account.ts';
import { ServiceError, startJsonService } from './json-service.ts';
import type { Listening } from './listen.ts';

interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly sentAt: number;
  visibleAt: number;
  /** The receipt handle of the last receive. */
  receipt?: string;
}

/** SQS in memory. */
export interface Sqs extends Listening {
  urlOf(queue: string): string;
  /** Sends a message without a request, as an AWS service would. */
  send(queue: string, body: string, attributes?: Readonly<Record<string, string>>): void;
  /** Returns the bodies of all messages of a queue. It receives no message. */
  peek(queue: string): readonly string[];
}

/**
 * Starts SQS in memory, because no npm package emulates it. It supports SendMessage, ReceiveMessage,
 * DeleteMessage, ChangeMessageVisibility and GetQueueAttributes. It has the standard queues of the given
 * names.
 */
export async function startSqs(names: readonly string[], now: () => number = Date.now): Promise<Sqs> {
  const queues = new Map(names.map((name) => [name, [] as StoredMessage[]]));
  const messagesOf = (name: string): StoredMessage[] => {
    const messages = queues.get(name);
    if (messages) return messages;
    throw new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
  };
  const find = ({ QueueUrl }: Readonly<Record<string, unknown>>) =>
    messagesOf(String(QueueUrl).split('/').at(-1) ?? '');
  const received = (input: Readonly<Record<string, unknown>>): [StoredMessage[], number] => {
    const messages = find(input);
    const index = messages.findIndex(({ receipt }) => receipt === input.ReceiptHandle);
    if (index >= 0) return [messages, index];
    throw new ServiceError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
  };
  const add = (
    messages: StoredMessage[],
    body: string,
    attributes: Readonly<Record<string, MessageAttributeValue>>,
  ) => {
    const message = { id: randomUUID(), body, attributes, sentAt: now(), visibleAt: now() };
    messages.push(message);
    return message;
  };

  const server = await startJsonService({
    SendMessage(input) {
      const attributes = (input.MessageAttributes ?? {}) as Record<string, MessageAttributeValue>;
      const { id, body } = add(find(input), String(input.MessageBody), attributes);
      return { MessageId: id, MD5OfMessageBody: md5(body) };
    },
    ReceiveMessage(input) {
      const visible = find(input).filter(({ visibleAt }) => visibleAt <= now());
      const hiddenMs = Number(input.VisibilityTimeout ?? 30) * 1_000;
      const taken = visible.slice(0, Number(input.MaxNumberOfMessages ?? 1));
      for (const message of taken) {
        message.receipt = randomUUID();
        message.visibleAt = now() + hiddenMs;
      }
      return { Messages: taken.map(toMessage) };
    },
    DeleteMessage(input) {
      const [messages, index] = received(input);
      messages.splice(index, 1);
      return {};
    },
    ChangeMessageVisibility(input) {
      const [messages, index] = received(input);
      const message = messages[index];
      if (message) message.visibleAt = now() + Number(input.VisibilityTimeout) * 1_000;
      return {};
    },
    GetQueueAttributes(input) {
      const messages = find(input);
      const visible = messages.filter(({ visibleAt }) => visibleAt <= now()).length;
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(messages.length - visible),
        },
      };
    },
  });
  return {
    ...server,
    urlOf: (queue) => `${server.url}/${localAccount}/${queue}`,
    send(queue, body, attributes = {}) {
      const values = Object.entries(attributes).map(
        ([name, text]) => [name, { DataType: 'String', StringValue: text }] as const,
      );
      add(messagesOf(queue), body, Object.fromEntries(values));
    },
    peek: (queue) => messagesOf(queue).map(({ body }) => body),
  };
}

function toMessage({ id, body, attributes, sentAt, receipt }: StoredMessage): Message {
  return {
    MessageId: id,
    Body: body,
    MD5OfBody: md5(body),
    ReceiptHandle: receipt,
    Attributes: { SentTimestamp: String(sentAt) },
    MessageAttributes: attributes,
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
