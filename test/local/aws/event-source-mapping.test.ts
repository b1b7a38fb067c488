import { afterEach, describe, expect, it } from 'vitest';
import { startEventSourceMapping } from '../../../local/aws/event-source-mapping.ts';
import type { EventStream, StreamRecord } from '../../../local/aws/event-stream.ts';
import type { FunctionHost } from '../../../local/aws/function-host.ts';
import type { InvocationResult } from '../../../local/aws/invocation.ts';

/**
 * Creates a stream that a test writes. An upper-case letter is a new event. A lower-case letter is a change.
 */
function createStream() {
  const records: StreamRecord[] = [];
  const listeners: ((record: StreamRecord) => void)[] = [];
  const stream: EventStream = {
    arn: 'arn:stream',
    records,
    onRecord: (listener) => void listeners.push(listener),
    operations: {},
  };
  const write = (letters: string) => {
    for (const letter of letters) {
      const record = {
        eventID: letter,
        eventName: letter === letter.toUpperCase() ? 'INSERT' : 'MODIFY',
        dynamodb: { SequenceNumber: letter, ApproximateCreationDateTime: 1_795_435_200 },
      } as StreamRecord;
      records.push(record);
      for (const listener of listeners) listener(record);
    }
  };
  return { stream, write };
}

const done = { ok: true, value: { batchItemFailures: [] }, requestId: '' } as const;
const error = { ok: false, failure: { errorType: 'E', errorMessage: '' }, requestId: '' } as const;
const failedAt = (itemIdentifier: string) =>
  ({ ok: true, value: { batchItemFailures: [{ itemIdentifier }] }, requestId: '' }) as const;

let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

async function run(
  letters: string,
  answer: (batch: string, calls: number) => InvocationResult | undefined,
  options: { batchSize?: number; retryAttempts?: number } = {},
) {
  const { stream, write } = createStream();
  const batches: string[] = [];
  const given: unknown[] = [];
  const fn: FunctionHost = {
    functionName: 'dispatcher',
    functionArn: 'arn:fn',
    async invoke(payload) {
      const { Records } = payload as { readonly Records: readonly StreamRecord[] };
      const batch = Records.map(({ eventID }) => eventID).join('');
      batches.push(batch);
      return answer(batch, batches.length);
    },
    crash: async () => undefined,
    close: async () => undefined,
  };
  const mapping = startEventSourceMapping({
    stream,
    fn,
    filter: ({ eventName }) => eventName === 'INSERT',
    batchSize: 4,
    retryAttempts: 5,
    firstBackoffMs: 1,
    onFailure: (message) => given.push(message),
    ...options,
  });
  close = mapping.close;
  write(letters);
  await mapping.settle();
  return { batches, given };
}

describe('an event source mapping', () => {
  it('passes new records to the function in order, batch by batch', async () => {
    expect((await run('ABCDEFGHI', () => done)).batches).toEqual(['ABCD', 'EFGH', 'I']);
  });

  it('omits the records that the filter refuses', async () => {
    expect((await run('AbCdefghI', () => done)).batches).toEqual(['AC', 'I']);
  });

  it('continues at the first record that a partial response names', async () => {
    const { batches } = await run('ABCD', (batch) => (batch === 'ABCD' ? failedAt('C') : done));
    expect(batches).toEqual(['ABCD', 'CD']);
  });

  it('retries the whole batch if the response names no record of the batch', async () => {
    const { batches } = await run('ABCD', (_, calls) => (calls === 1 ? failedAt('Z') : done));
    expect(batches).toEqual(['ABCD', 'ABCD']);
  });

  it('halves a failed batch and keeps the order', async () => {
    const { batches } = await run('ABCDE', (batch, calls) =>
      batch.includes('B') && calls < 4 ? error : done,
    );
    expect(batches).toEqual(['ABCD', 'AB', 'A', 'B', 'CD', 'E']);
  });

  it('retries if the function is busy', async () => {
    const { batches } = await run('A', (_, calls) => (calls < 3 ? undefined : done));
    expect(batches).toEqual(['A', 'A', 'A']);
  });

  it('gives up after the retries, reports the records and continues', async () => {
    const { batches, given } = await run('ABCD', (batch) => (batch.includes('C') ? error : done), {
      retryAttempts: 4,
    });
    expect(batches).toEqual(['ABCD', 'AB', 'CD', 'C', 'C', 'C', 'D']);
    expect(given).toEqual([
      expect.objectContaining({
        requestContext: { functionArn: 'arn:fn', condition: 'RetryAttemptsExhausted' },
        DDBStreamBatchInfo: expect.objectContaining({
          startSequenceNumber: 'C',
          endSequenceNumber: 'C',
          batchSize: 1,
          streamArn: 'arn:stream',
        }),
      }),
    ]);
  });

  it('gives up the rest of the batch if every partial response names the same record', async () => {
    const { given } = await run('ABCD', (batch) => (batch.includes('B') ? failedAt('B') : done), {
      retryAttempts: 2,
    });
    expect(given).toMatchObject([
      { DDBStreamBatchInfo: { startSequenceNumber: 'B', endSequenceNumber: 'D' } },
    ]);
  });
});
