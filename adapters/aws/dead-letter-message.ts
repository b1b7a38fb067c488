import type { Message } from '@aws-sdk/client-sqs';
import type { UndeliverableEvent } from '../../core/publishing/ports.ts';
import type { DeadLetterContent } from '../../core/redelivery/ports.ts';

/** Converts an undeliverable event to a message. The body of the event stays in the event log. */
export function toMessage({ key, eventId, cause }: UndeliverableEvent): string {
  return JSON.stringify({ undeliverable: { ...key, eventId, cause } });
}

/** The content of a message, and why the message is in the dead-letter queue. */
export interface ReadMessage {
  readonly cause: string;
  readonly content: DeadLetterContent;
}

/**
 * Reads a message of a dead-letter queue. A message is of one of three kinds:
 *
 * - An undeliverable event, from the dispatcher.
 * - A batch of the stream that Lambda discarded (Lambda developer guide, "Retaining discarded batches"). The message
 *   names the records and does not contain them.
 * - A bus event that a consumer did not handle. If EventBridge could not deliver the event to the consumer, the reason
 *   is in the attributes of the message (EventBridge user guide, "Using dead-letter queues"). If the consumer's
 *   function failed, the reason is in the body, beside the event (Lambda developer guide, "Retaining records of
 *   asynchronous invocations").
 */
export function readMessage(message: Message): ReadMessage {
  const body = parse(message.Body);
  return (
    readUndeliverable(body) ??
    readStreamBatch(body) ??
    readFailedInvocation(body) ??
    readBusEvent(body, message.MessageAttributes?.ERROR_CODE?.StringValue) ?? {
      cause: 'UnreadableMessage',
      content: { kind: 'unreadable' },
    }
  );
}

type Json = Readonly<Record<string, unknown>>;

function readUndeliverable({ undeliverable }: Json): ReadMessage | undefined {
  const { subscription, sortKey, eventId, cause } = asObject(undeliverable);
  if (!isText(subscription) || !isText(sortKey) || !isText(eventId) || !isText(cause)) return undefined;
  return { cause, content: { kind: 'event', key: { subscription, sortKey }, eventId } };
}

function readStreamBatch({ DDBStreamBatchInfo, requestContext }: Json): ReadMessage | undefined {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } =
    asObject(DDBStreamBatchInfo);
  if (!isText(streamArn) || !isText(shardId)) return undefined;
  if (!isDigits(startSequenceNumber) || !isDigits(endSequenceNumber)) return undefined;
  const { condition } = asObject(requestContext);
  return {
    cause: isText(condition) ? condition : 'StreamBatchFailed',
    content: {
      kind: 'stream',
      range: { streamArn, shardId, startSequenceNumber, endSequenceNumber },
      records: typeof batchSize === 'number' ? batchSize : 0,
    },
  };
}

function readFailedInvocation({
  requestPayload,
  requestContext,
  responsePayload,
}: Json): ReadMessage | undefined {
  const { errorType } = asObject(responsePayload);
  const { condition } = asObject(requestContext);
  return readBusEvent(asObject(requestPayload), errorType ?? condition);
}

function readBusEvent(event: Json, cause: unknown): ReadMessage | undefined {
  const { time, detail } = event;
  const detailType = event['detail-type'];
  const eventId = asObject(detail).id;
  if (!isText(detailType) || !isText(eventId)) return undefined;
  return {
    cause: isText(cause) ? cause : 'DeliveryFailed',
    content: {
      kind: 'bus',
      entry: {
        eventId,
        detailType,
        time: timeOf(time),
        detail: JSON.stringify(detail),
      },
    },
  };
}

function parse(body: string | undefined): Json {
  try {
    return asObject(JSON.parse(body ?? ''));
  } catch {
    return {};
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** An invalid time counts as absent. The bus would refuse it. */
function timeOf(value: unknown): Date | undefined {
  return isText(value) && !Number.isNaN(Date.parse(value)) ? new Date(value) : undefined;
}

function isDigits(value: unknown): value is string {
  return isText(value) && /^\d+$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
