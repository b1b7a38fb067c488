import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { toBusEntry } from '../../core/publishing/bus-entry.ts';
import type { EventBus } from '../../core/publishing/ports.ts';
import { localAws } from '../../local/aws/account.ts';
import { startEventBus } from '../../local/aws/event-bus.ts';
import { ServiceError } from '../../local/aws/json-service.ts';
import { loggedEvents } from '../core/events.ts';
import { createMemoryEventBus } from '../memory/event-bus.ts';

/** A bus, the event ids on it, and a way to make it fail for the entry with an event id. */
interface Subject {
  readonly bus: EventBus;
  onBus(): Promise<readonly string[]>;
  failFor(eventId: string | undefined, code: string): void;
  close(): Promise<void>;
}

async function inMemory(): Promise<Subject> {
  const bus = createMemoryEventBus();
  return {
    bus,
    onBus: async () => bus.entries.map(({ eventId }) => eventId),
    failFor(failing, cause) {
      const isPermanent = cause === 'MalformedDetail';
      bus.fault = ({ eventId }) => (eventId === failing ? { cause, isPermanent } : undefined);
    },
    close: async () => undefined,
  };
}

async function inEventBridge(): Promise<Subject> {
  const server = await startEventBus('example');
  const client = new EventBridgeClient({ ...localAws, endpoint: server.url, maxAttempts: 1 });
  const seen: string[] = [];
  server.addRule({
    name: 'all',
    pattern: { source: ['asana.webhooks'] },
    deliver: async ({ detail }) => void seen.push(String(detail.id)),
  });
  return {
    bus: createEventBus(client, 'example'),
    async onBus() {
      await server.settle();
      return seen;
    },
    failFor: (failing, code) =>
      server.setFault(({ Detail }) => (JSON.parse(Detail ?? '{}').id === failing ? code : undefined)),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

const entries = loggedEvents(4).map((event) => toBusEntry(event));
const [first, second, third, fourth] = entries.map(({ eventId }) => eventId);

describe.each([
  ['memory', inMemory],
  ['EventBridge', inEventBridge],
] as const)('an event bus in %s', (_, start) => {
  let subject: Subject;
  beforeEach(async () => {
    subject = await start();
  });

  it('put() puts every entry on the bus', async () => {
    expect(await subject.bus.put(entries)).toEqual([undefined, undefined, undefined, undefined]);
    expect([...(await subject.onBus())].sort()).toEqual([first, second, third, fourth].sort());
    await subject.close();
  });

  it.each([
    ['ThrottlingException', false],
    ['InternalFailure', false],
    ['SomethingNew', false],
    ['MalformedDetail', true],
  ])('put() reports the entry that failed with %s, and accepts the others', async (code, isPermanent) => {
    subject.failFor(third, code);
    const failures = await subject.bus.put(entries);
    expect(failures).toEqual([undefined, undefined, { cause: code, isPermanent }, undefined]);
    expect([...(await subject.onBus())].sort()).toEqual([first, second, fourth].sort());
    await subject.close();
  });
});

describe('an EventBridge bus', () => {
  let server: Awaited<ReturnType<typeof startEventBus>>;
  let bus: EventBus;
  beforeAll(async () => {
    server = await startEventBus('example');
    const client = new EventBridgeClient({ ...localAws, endpoint: server.url, maxAttempts: 1 });
    bus = createEventBus(client, 'example');
  });
  afterAll(() => server.close());

  it('fails every entry of a request if the whole request is throttled', async () => {
    server.setFault(() => {
      throw new ServiceError('ThrottlingException', 'Rate exceeded.');
    });
    const failure = { cause: 'ThrottlingException', isPermanent: false };
    expect(await bus.put(entries)).toEqual([failure, failure, failure, failure]);
  });

  it('finds the single entry because of which a whole request is refused', async () => {
    server.setFault(({ Detail }) => {
      if (JSON.parse(Detail ?? '{}').id === second) throw new ServiceError('ValidationException', 'No.');
      return undefined;
    });
    const failure = { cause: 'ValidationException', isPermanent: true };
    expect(await bus.put(entries)).toEqual([undefined, failure, undefined, undefined]);
  });

  it('fails every entry if no server answers, and throws nothing', async () => {
    const nobody = new EventBridgeClient({ ...localAws, endpoint: 'http://127.0.0.1:9', maxAttempts: 1 });
    const failures = await createEventBus(nobody, 'example').put(entries);
    expect(failures.map((failure) => failure?.isPermanent)).toEqual([false, false, false, false]);
  });

  it('sends entries in the form that EventBridge requires', async () => {
    const requests: unknown[] = [];
    server.setFault((entry) => void requests.push(entry));
    const [entry] = entries as [(typeof entries)[0]];
    await bus.put([entry]);
    expect(requests).toEqual([
      {
        EventBusName: 'example',
        Source: 'asana.webhooks',
        DetailType: 'task.changed',
        Time: Date.parse('2026-11-23T12:00:00.000Z') / 1_000,
        Detail: entry.detail,
      },
    ]);
  });
});
