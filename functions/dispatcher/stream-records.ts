import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { rowInStream } from '../../adapters/aws/event-row.ts';
import type { StreamRecord } from '../../core/publishing/dispatch.ts';

/**
 * Returns the new events of a batch. Only an INSERT is a new event: a repeated delivery makes no record or a MODIFY,
 * and an expired event makes a REMOVE. The event source mapping filters the same way. This function filters again for
 * an invocation without the mapping.
 */
export function streamRecordsOf({ Records }: DynamoDBStreamEvent): readonly StreamRecord[] {
  return Records.filter(({ eventName }) => eventName === 'INSERT').map(toStreamRecord);
}

function toStreamRecord({ dynamodb = {} }: DynamoDBRecord): StreamRecord {
  return {
    ...rowInStream(dynamodb),
    sequenceNumber: dynamodb.SequenceNumber ?? '',
    storedAt: new Date((dynamodb.ApproximateCreationDateTime ?? 0) * 1000),
  };
}
