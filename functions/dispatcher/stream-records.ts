import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { fromEventRow, unreadableReasonOf } from '../../adapters/aws/event-row.ts';
import type { LoggedEvent } from '../../core/event.ts';
import type { StreamRecord } from '../../core/publishing/dispatch.ts';

/**
 * Returns the new events of a batch. Only an INSERT is a new event: a repeated delivery makes no record or a MODIFY,
 * and an expired event makes a REMOVE. The event source mapping filters the same way. This function filters again for
 * an invocation without the mapping.
 */
export function streamRecordsOf({ Records }: DynamoDBStreamEvent): readonly StreamRecord[] {
  return Records.filter(({ eventName }) => eventName === 'INSERT').map(toStreamRecord);
}

function toStreamRecord({ dynamodb }: DynamoDBRecord): StreamRecord {
  const keys = dynamodb?.Keys ?? {};
  const row = dynamodb?.NewImage ?? {};
  return {
    sequenceNumber: dynamodb?.SequenceNumber ?? '',
    key: { subscription: keys.subscription?.S ?? '', sortKey: keys.sortKey?.S ?? '' },
    eventId: row.eventId?.S ?? keys.sortKey?.S?.split('#').at(-1) ?? '',
    storedAt: new Date((dynamodb?.ApproximateCreationDateTime ?? 0) * 1000),
    event: readable(row),
    unreadable: unreadableReasonOf(row),
  };
}

function readable(
  row: NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>,
): LoggedEvent | undefined {
  try {
    return fromEventRow(row);
  } catch {
    return undefined;
  }
}
