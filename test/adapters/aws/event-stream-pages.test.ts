import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, describe, expect, it } from 'vitest';
import { createEventStream } from '../../../adapters/aws/event-stream.ts';
import type { StreamReading } from '../../../core/redelivery/ports.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { localAws } from '../../../local/aws/account.ts';
import { ServiceError, startJsonService } from '../../../local/aws/json-service.ts';
import type { Listening } from '../../../local/aws/listen.ts';

/** An answer to GetRecords: sequence numbers, the end of the shard after them, or an error of the stream. */
type Page = readonly number[] | { readonly last: readonly number[] } | string;

let service: Listening | undefined;
let now: number;
let pauses: number[];
/** The requests for an iterator, as `type number`. */
let iterators: string[];

afterEach(() => service?.close());

const pageOf = (numbers: readonly number[], isLast: boolean) => ({
  Records: numbers.map((number) => ({
    // Even numbers are changed rows, which are not new events.
    eventName: number % 2 === 0 ? 'MODIFY' : 'INSERT',
    dynamodb: {
      SequenceNumber: String(number),
      Keys: { subscription: { S: 'sub_A' }, sortKey: { S: `time#${number}` } },
    },
  })),
  ...(!isLast && { NextShardIterator: 'next' }),
});

/** Reads the records 5 to 9 of a stream that answers with the given pages. After these, all pages are empty. */
async function read(pages: readonly Page[], { budgetMs = 60_000, iteratorErrors = [] as string[] } = {}) {
  const answers = [...pages];
  now = 0;
  pauses = [];
  iterators = [];
  service = await startJsonService({
    GetShardIterator({ ShardIteratorType, SequenceNumber }) {
      iterators.push(`${ShardIteratorType} ${SequenceNumber}`);
      const error = iteratorErrors.shift();
      if (error !== undefined) throw new ServiceError(error, 'message of AWS');
      return { ShardIterator: 'first' };
    },
    GetRecords() {
      now += 10;
      const page = answers.shift() ?? [];
      if (typeof page === 'string') throw new ServiceError(page, 'message of AWS');
      return 'last' in page ? pageOf(page.last, true) : pageOf(page, false);
    },
  });
  const client = new DynamoDBStreamsClient({ ...localAws, endpoint: service.url, maxAttempts: 1 });
  const stream = createEventStream(client, async (ms) => {
    pauses.push(ms);
    now += ms;
  });
  const range = { streamArn: 'arn', shardId: 'shard', startSequenceNumber: '5', endSequenceNumber: '9' };
  return stream.read(
    range,
    timeOf(budgetMs, () => new Date(now)),
  );
}

const idsOf = (reading: StreamReading) =>
  reading.kind === 'read' ? reading.rows.map(({ eventId }) => Number(eventId)) : reading.kind;

describe('a range of the stream in pages', () => {
  it('is read on over empty pages until its last record', async () => {
    const reading = await read([[], [], [5, 6], [], [], [7], [], [9, 10, 11], 'InternalServerError']);
    expect(idsOf(reading)).toEqual([5, 7, 9]);
    expect(reading).toMatchObject({ records: 4 });
    expect(iterators).toEqual(['AT_SEQUENCE_NUMBER 5']);
  });

  it('ends at a record after its last record', async () => {
    expect(idsOf(await read([[5, 7], [11], 'InternalServerError']))).toEqual([5, 7]);
  });

  it('ends with its shard, with or without records on the last page', async () => {
    expect(idsOf(await read([[5], [], { last: [7] }]))).toEqual([5, 7]);
    await service?.close();
    expect(idsOf(await read([[], { last: [] }]))).toEqual([]);
  });

  it('is unfinished if its end is not reached in time', async () => {
    expect(await read([[5, 7]], { budgetMs: 200 })).toEqual({ kind: 'unfinished' });
    expect(now).toBeLessThanOrEqual(210);
  });

  it('is unfinished after a bounded number of pages', async () => {
    expect(await read([[5]], { budgetMs: 1e9 })).toEqual({ kind: 'unfinished' });
    expect(now).toBe(10_000);
  });

  it('continues after the last record if the iterator expires', async () => {
    expect(
      idsOf(await read(['ExpiredIteratorException', [5, 6], 'ExpiredIteratorException', [], [7, 9]])),
    ).toEqual([5, 7, 9]);
    expect(iterators).toEqual(['AT_SEQUENCE_NUMBER 5', 'AT_SEQUENCE_NUMBER 5', 'AFTER_SEQUENCE_NUMBER 6']);
  });

  it.each(['LimitExceededException', 'ProvisionedThroughputExceededException', 'ThrottlingException'])(
    'waits after %s, and continues',
    async (error) => {
      const pages = [[5], error, error, [7, 9]];
      expect(idsOf(await read(pages, { iteratorErrors: [error] }))).toEqual([5, 7, 9]);
      expect(pauses).toHaveLength(3);
    },
  );

  it('is unfinished if the stream throttles until the time is up', async () => {
    const pages = Array<Page>(100).fill('LimitExceededException');
    expect(await read(pages, { budgetMs: 5_000 })).toEqual({ kind: 'unfinished' });
    expect(now).toBeLessThan(5_000);
  });

  it.each(['TrimmedDataAccessException', 'ResourceNotFoundException'])(
    'is expired after %s',
    async (error) => {
      expect(await read([[5], error])).toEqual({ kind: 'expired' });
      await service?.close();
      expect(await read([[5]], { iteratorErrors: [error] })).toEqual({ kind: 'expired' });
    },
  );

  it('fails with StorageUnavailable after another error', async () => {
    await expect(read([[5], 'InternalServerError'])).rejects.toMatchObject({
      name: 'StorageUnavailable',
      message: expect.stringContaining('InternalServerError'),
    });
  });
});
