import { type Platform, platform } from '../../functions/runtime/platform.ts';
import { type EventStream, type StreamRecord, shardId } from './event-stream.ts';
import type { FunctionHost } from './function-host.ts';

export interface EventSourceMappingOptions {
  readonly stream: EventStream;
  readonly fn: FunctionHost;
  readonly filter: (record: StreamRecord) => boolean;
  readonly batchSize: number;
  readonly retryAttempts: number;
  /** Receives Lambda's message about the records that are given up. */
  readonly onFailure: (message: object) => void;
  /** The pause before the first retry, in milliseconds. The pause doubles with each retry. */
  readonly firstBackoffMs?: number;
  /** @default - the clock of the machine */
  readonly clock?: Pick<Platform, 'now' | 'schedule'>;
}

export interface EventSourceMapping {
  /** Waits until every current record is processed or given up. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const maxBackoffMs = 5_000;

/**
 * Passes the records of a stream to a function as Lambda's event source mapping does (Lambda developer guide,
 * "Process Amazon DynamoDB records with Lambda"). It sends batches in order, accepts partial batch responses,
 * halves a batch after an error and has a limit for the retries. An on-failure destination receives a message
 * about the records that were given up.
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const { stream, fn, filter, batchSize, clock = platform } = options;
  const stop = new AbortController();
  let next = 0;
  let wake: () => void = () => undefined;
  let isIdle = true;
  const idle = new Set<() => void>();
  stream.onRecord(() => wake());

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      const page = stream.records.slice(next, next + batchSize);
      if (page.length === 0) {
        isIdle = true;
        for (const resolve of idle) resolve();
        idle.clear();
        await new Promise<void>((resolve) => {
          wake = resolve;
          stop.signal.addEventListener('abort', () => resolve());
          if (stream.records.length > next) resolve();
        });
        isIdle = false;
        continue;
      }
      const batch = page.filter(filter);
      if (batch.length > 0) await carry(batch, 0);
      next += page.length;
    }
  }

  /** Invokes the function until the batch is processed or given up. */
  async function carry(batch: readonly StreamRecord[], attempt: number): Promise<void> {
    if (stop.signal.aborted) return;
    const result = await fn.invoke({ Records: batch });
    const failedAt = failureIn(batch, result);
    if (failedAt === undefined) return;
    if (attempt >= options.retryAttempts) {
      return options.onFailure(tellOf(batch.slice(failedAt), fn, stream, clock.now()));
    }
    await pause(Math.min(maxBackoffMs, (options.firstBackoffMs ?? 100) * 2 ** attempt));
    // A partial response names the first record to retry. An error names no record, so the batch is halved to
    // find the record that fails.
    const isPartial = result?.ok === true;
    const rest = batch.slice(failedAt);
    const halves =
      isPartial || rest.length === 1
        ? [rest]
        : [rest.slice(0, rest.length >> 1), rest.slice(rest.length >> 1)];
    for (const half of halves) await carry(half, attempt + 1);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.schedule(ms, resolve);
      stop.signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  const running = run();
  return {
    async settle() {
      while (!isIdle || next < stream.records.length) await new Promise<void>((resolve) => idle.add(resolve));
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

/** Returns the index of the first record to retry, or undefined if all records are processed. */
function failureIn(
  batch: readonly StreamRecord[],
  result: Awaited<ReturnType<FunctionHost['invoke']>>,
): number | undefined {
  if (result?.ok !== true) return 0;
  const { batchItemFailures = [] } = (result.value ?? {}) as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
  };
  if (batchItemFailures.length === 0) return undefined;
  const indices = batchItemFailures.map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
  );
  // An identifier that is not in the batch makes the whole batch fail.
  return Math.max(0, Math.min(...indices));
}

function tellOf(batch: readonly StreamRecord[], fn: FunctionHost, stream: EventStream, now: Date): object {
  const [first, last] = [batch[0]?.dynamodb, batch.at(-1)?.dynamodb];
  const time = (seconds = 0) => new Date(seconds * 1_000).toISOString();
  return {
    requestContext: { functionArn: fn.functionArn, condition: 'RetryAttemptsExhausted' },
    version: '1.0',
    timestamp: now.toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.SequenceNumber,
      endSequenceNumber: last?.SequenceNumber,
      approximateArrivalOfFirstRecord: time(first?.ApproximateCreationDateTime),
      approximateArrivalOfLastRecord: time(last?.ApproximateCreationDateTime),
      batchSize: batch.length,
      streamArn: stream.arn,
    },
  };
}
