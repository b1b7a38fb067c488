import { setTimeout as sleepFor } from 'node:timers/promises';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Clock, Sleep } from '../../core/clock.ts';
import {
  createFaults,
  defaultMixture,
  type Loss,
  type Mixture,
  type Ordered,
  type Selection,
} from './faults.ts';
import { createReplica } from './replica.ts';
import { type Call, isRead, isWrite, mayBeStale, splitBatch, tablesOf, writesOf } from './request.ts';
import { createRows } from './rows.ts';
import { noteRunning } from './running.ts';
import { type Connection, startServer } from './server.ts';
import { type Answer, createUpstream } from './upstream.ts';

export interface HostileOptions {
  readonly seed: number;
  /** The clock by which rows expire. */
  readonly now: Clock;
  /** Waits while an answer is late. @default - real time */
  readonly sleep?: Sleep;
  /** Changes to the default mixture. */
  readonly faults?: Partial<Mixture>;
}

/** How often each fault happened. */
export interface Counts {
  answersLost: number;
  failed: number;
  throttled: number;
  partial: number;
  stale: number;
  delayed: number;
  expired: number;
}

/** A layer in front of DynamoDB that behaves as badly as DynamoDB is allowed to. */
export interface HostileLayer {
  readonly seed: number;
  /** The address with faults. */
  readonly url: string;
  /** The same tables without faults, for a test's own reads and writes. */
  readonly calmUrl: string;
  readonly counts: Readonly<Counts>;
  /** Each fault that happened, in order. */
  readonly trace: readonly string[];
  /** Loses the answer of a write after the write is done. */
  loseAnswer(selection: Selection & { readonly how?: Loss }): Ordered;
  /** Refuses a request because of its rate. Nothing is done. */
  throttle(selection: Selection): Ordered;
  /** Answers a request with a 500. Nothing is done. */
  fail(selection: Selection): Ordered;
  /** Does only the first `only` writes, keys or rows of a request. */
  cut(selection: Selection & { readonly only: number }): Ordered;
  /** Answers a read, which is not consistent, from rows as they were before their last write. */
  makeStale(selection: Selection): Ordered;
  /** Delays a request, or its answer, by this many milliseconds. */
  delay(selection: Selection & { readonly beforeMs?: number; readonly afterMs?: number }): Ordered;
  /** Deletes every row past its expiry. Returns their number. */
  expire(): Promise<number>;
  /** Refuses every request until the returned function is called. */
  goDown(): () => void;
  /** Stops all faults. */
  calm(): void;
  /** Starts the faults of the mixture again. */
  resume(): void;
  close(): Promise<void>;
}

/** Starts the layer in front of the DynamoDB at `upstreamUrl`. It knows only rows that are written through it. */
export async function startHostileLayer(
  tables: readonly CreateTableCommandInput[],
  upstreamUrl: () => string,
  { seed, now, sleep = sleepFor, faults: changes }: HostileOptions,
): Promise<HostileLayer> {
  const faults = createFaults(seed, { ...defaultMixture, ...changes });
  const upstream = createUpstream(upstreamUrl);
  const rows = createRows(tables);
  const replica = createReplica(tables, rows, upstream);
  const trace: string[] = [];
  const counts: Counts = {
    answersLost: 0,
    failed: 0,
    throttled: 0,
    partial: 0,
    stale: 0,
    delayed: 0,
    expired: 0,
  };
  let isDown = false;
  let before: Promise<unknown> = Promise.resolve();

  const nowMs = () => now().getTime();

  /** Runs writes, and the record of their rows, one after the other. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = before.then(act);
    before = turn.catch(() => undefined);
    return turn;
  }

  function count(fault: keyof Counts, call: Pick<Call, 'operation' | 'input'>, what: string): void {
    counts[fault] += 1;
    trace.push(`${call.operation} ${tablesOf(call.input).join(', ')}: ${what}`);
  }

  async function late(call: Call, ms: number | undefined, what: string): Promise<void> {
    if (ms === undefined) return;
    count('delayed', call, `${what} ${ms} ms late`);
    await sleep(ms);
  }

  function deleteExpired(isDue: () => boolean): Promise<number> {
    const due = rows.expired(nowMs()).filter(isDue);
    if (due.length === 0) return Promise.resolve(0);
    return inTurn(async () => {
      // A row may have been written since. Only rows that are still expired are deleted, as DynamoDB does.
      const still = new Set(rows.expired(nowMs()));
      for (const row of due.filter((each) => still.has(each))) {
        await upstream.call('DeleteItem', { TableName: row.table, Key: row.key });
        rows.note(row.table, row.key, undefined, nowMs());
        count('expired', { operation: 'TTL', input: { TableName: row.table } }, 'an expired row deleted');
      }
      return due.length;
    });
  }

  /** Does a write, and stores the new images of its rows. */
  async function write({ operation, input }: Call): Promise<Answer> {
    const { TableName = '', ReturnValues = 'NONE' } = input;
    const addsImage = operation === 'UpdateItem' && ReturnValues === 'NONE';
    const answer = await upstream.call(operation, addsImage ? { ...input, ReturnValues: 'ALL_NEW' } : input);
    if (answer.status !== 200) return withRow(input, answer);
    const note = (table: string, key: NonNullable<typeof input.Key>, image: typeof input.Item) =>
      rows.note(table, key, image, nowMs());
    if (operation === 'PutItem' && input.Item) note(TableName, input.Item, input.Item);
    if (operation === 'DeleteItem' && input.Key) note(TableName, input.Key, undefined);
    if (operation === 'BatchWriteItem') {
      for (const [table, requests] of writesOf(input)) {
        for (const { PutRequest, DeleteRequest } of requests) {
          note(table, PutRequest?.Item ?? DeleteRequest?.Key ?? {}, PutRequest?.Item);
        }
      }
    }
    if (operation !== 'UpdateItem' || !input.Key) return answer;
    if (addsImage) {
      const { Attributes, ...rest } = JSON.parse(answer.text);
      note(TableName, input.Key, Attributes);
      return { ...answer, text: JSON.stringify(rest) };
    }
    note(TableName, input.Key, await rowNow(TableName, input.Key));
    return answer;
  }

  async function rowNow(TableName: string, Key: object) {
    const { text } = await upstream.call('GetItem', { TableName, Key, ConsistentRead: true });
    return JSON.parse(text).Item;
  }

  /** Adds the row that did not meet the condition, as DynamoDB does on request. dynalite does not. */
  async function withRow(input: Call['input'], answer: Answer): Promise<Answer> {
    const { TableName = '', ReturnValuesOnConditionCheckFailure: wanted } = input;
    if (wanted !== 'ALL_OLD' || !answer.text.includes('ConditionalCheckFailed')) return answer;
    const key = rows.keyOf(TableName, input.Key ?? input.Item ?? {});
    const Item = await rowNow(TableName, key);
    return { ...answer, text: JSON.stringify({ ...JSON.parse(answer.text), Item }) };
  }

  async function read(call: Call, isStale: boolean): Promise<Answer> {
    const upToDate = () => upstream.call(call.operation, call.input);
    if (!isStale || !mayBeStale(call)) return upToDate();
    return inTurn(async () => {
      const [old, current] = [await replica.read(call, nowMs()), await upToDate()];
      if (old === undefined || old.text === current.text) return current;
      replica.wasStale(call);
      count('stale', call, 'a stale answer');
      return old;
    });
  }

  /** Does the request, or only the first `only` parts of it. */
  async function pass(call: Call, only: number | undefined, isStale: boolean): Promise<Answer> {
    const run = (part: Call['input']) => {
      const partly = { ...call, input: part };
      return isWrite(call) ? inTurn(() => write(partly)) : read(partly, isStale);
    };
    if (only === undefined || !(isRead(call) || isWrite(call))) return run(call.input);
    if (call.input.RequestItems === undefined) {
      const answer = await run({ ...call.input, Limit: only });
      if (answer.text.includes('"LastEvaluatedKey"')) count('partial', call, `a page of ${only}`);
      return answer;
    }
    const [first, rest] = splitBatch(call, only);
    const answer = await run(first);
    if (answer.status !== 200) return answer;
    count('partial', call, `only ${only} processed`);
    const member = isWrite(call) ? 'UnprocessedItems' : 'UnprocessedKeys';
    return { ...answer, text: JSON.stringify({ ...JSON.parse(answer.text), [member]: rest }) };
  }

  async function interfere(call: Call, connection: Connection): Promise<Answer | 'dropped'> {
    if (isDown) {
      count('failed', call, 'refused while down');
      return errorAnswer('InternalServerError');
    }
    const { lose, refuse, only, isStale = false, delayBeforeMs, delayAfterMs } = faults.decide(call);
    await late(call, delayBeforeMs, 'the request');
    await deleteExpired(faults.expiresNow);
    if (refuse !== undefined) {
      count(refuse === 'InternalServerError' ? 'failed' : 'throttled', call, refuse);
      return errorAnswer(refuse);
    }
    const answer = await pass(call, only, isStale);
    await late(call, delayAfterMs, 'the answer');
    if (lose === undefined) return answer;
    count('answersLost', call, `the answer lost (${lose})`);
    if (lose === 'InternalServerError') return errorAnswer(lose);
    connection.drop();
    return 'dropped';
  }

  async function direct(call: Call): Promise<Answer> {
    const answer = await pass(call, undefined, false);
    if (call.operation === 'DeleteTable' && answer.status === 200) rows.forget(call.input.TableName ?? '');
    return answer;
  }

  const hostile = await startServer(interfere);
  const calm = await startServer(direct);
  const noteClosed = noteRunning({ seed, trace });
  return {
    seed,
    url: hostile.url,
    calmUrl: calm.url,
    counts,
    trace,
    loseAnswer: ({ how = 'connection dropped', ...selection }) => faults.order(selection, { lose: how }),
    throttle: (selection) => faults.order(selection, { refuse: 'ProvisionedThroughputExceededException' }),
    fail: (selection) => faults.order(selection, { refuse: 'InternalServerError' }),
    cut: ({ only, ...selection }) => faults.order(selection, { only }),
    makeStale: (selection) => faults.order(selection, { isStale: true }),
    delay: ({ beforeMs, afterMs, ...selection }) =>
      faults.order(selection, { delayBeforeMs: beforeMs, delayAfterMs: afterMs }),
    expire: () => deleteExpired(() => true),
    goDown() {
      isDown = true;
      return () => {
        isDown = false;
      };
    },
    calm: faults.calm,
    resume: faults.resume,
    async close() {
      noteClosed();
      await hostile.close();
      await calm.close();
      upstream.close();
    },
  };
}

function errorAnswer(name: string): Answer {
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'The hostile layer refused.' };
  return { status: name === 'InternalServerError' ? 500 : 400, text: JSON.stringify(body) };
}
