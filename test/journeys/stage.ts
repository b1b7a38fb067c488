import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { errors } from '../../contract/errors.ts';
import { type OperationName, operations } from '../../contract/operations.ts';
import type { Knobs } from '../../local/asana-simulator/knobs.ts';
import type { Simulator } from '../../local/asana-simulator/simulator.ts';
import { localAws } from '../../local/aws/account.ts';
import type { BusEvent } from '../../local/aws/event-bus.ts';
import { tables } from '../../local/aws/tables.ts';
import { type Local, type LocalOptions, startLocal } from '../../local/start-local.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import type { Mixture } from '../hostile/faults.ts';
import { type HostileLayer, startHostileLayer } from '../hostile/layer.ts';
import { seedOfThisFile } from '../hostile/seed.ts';
import { createInProcessHosts } from '../in-process/hosts.ts';

/** The whole application on this machine. A test can read its tables and logs. */
export interface Stage {
  readonly local: Local;
  readonly simulator: Simulator;
  readonly logs: readonly string[];
  /** Events that the example consumer accepted. */
  readonly consumed: readonly BusEvent[];
  readonly dynamodb: DynamoDBClient;
  readonly project: string;
  readonly workspace: string;
  readonly task: string;
  /** Invokes the management function. @throws the failure of the function */
  manage<T = ManagedWebhook>(payload: object): Promise<T>;
  /** Changes the seeded task through Asana's API. */
  changeTask(data: object): Promise<void>;
  /** The rows of hooks and subscriptions, and those that lead to them. */
  rows(): Promise<readonly Record<string, { S?: string; N?: string }>[]>;
  events(): Promise<readonly Record<string, unknown>[]>;
  /** Waits until all events at Asana are delivered, dispatched and consumed. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface ManagedWebhook {
  readonly data: { readonly gid: string; readonly target: string; readonly filters: readonly object[] };
  readonly registry: { readonly subscription: string; readonly status: string };
}

type StageOptions = Pick<LocalOptions, 'publicUrl' | 'oauthReturnUrls'>;

interface ClockedStageOptions extends StageOptions {
  /** The faults of DynamoDB. False means that there are none. @default the default mixture */
  readonly hostile?: Partial<Mixture> | false;
}

/** Sets up a stage with local mode as it is shipped: in worker threads, in real time. */
export function setStage(knobs: Partial<Knobs> = {}, options: StageOptions = {}): Promise<Stage> {
  return setLocalStage({ ...options, simulator: { knobs } });
}

/** A stage on one clock, which jumps over the waits of the functions, the services and the simulated Asana. */
export interface ClockedStage extends Stage {
  readonly clock: TestClock;
  /** The layer in front of DynamoDB, which has faults unless the options say otherwise. */
  readonly hostile: HostileLayer;
}

/** Sets up a stage in this process. The set-up takes a moment. Nothing waits in real time. */
export async function setClockedStage(
  knobs: Partial<Knobs> = {},
  { hostile: faults = {}, ...options }: ClockedStageOptions = {},
): Promise<ClockedStage> {
  const clock = createTestClock();
  let dynamodbUrl = '';
  const hostile = await startHostileLayer(Object.values(tables), () => dynamodbUrl, {
    seed: seedOfThisFile(),
    now: clock.now,
    sleep: clock.sleep,
    faults: faults || {},
  });
  if (faults === false) hostile.calm();
  const stage = await setLocalStage(
    {
      ...options,
      clock,
      hosts: ({ endpoints, ...wanted }) => {
        dynamodbUrl = endpoints?.dynamodb ?? '';
        return createInProcessHosts({ ...wanted, clock, endpoints: { ...endpoints, dynamodb: hostile.url } });
      },
      simulator: { knobs, clock: clock.simulator },
    },
    hostile.calmUrl,
  );
  return {
    ...stage,
    clock,
    hostile,
    async close() {
      await stage.close();
      await hostile.close();
      clock.stop();
    },
  };
}

/** @param dynamodbUrl - the address at which a test itself reads and writes the tables */
async function setLocalStage(
  options: Omit<LocalOptions, 'port' | 'onLog' | 'onConsumed'>,
  dynamodbUrl?: string,
): Promise<Stage> {
  const logs: string[] = [];
  const consumed: BusEvent[] = [];
  const local = await startLocal({
    port: 0,
    onLog: (line) => logs.push(line),
    onConsumed: (event) => consumed.push(event),
    ...options,
  });
  const { simulator } = local;
  if (!simulator) throw new Error('there is no simulator');
  const asana = <T>(path: string) => callAsana(local.asanaUrl, local.token, 'GET', path) as Promise<T>;
  const [workspace = { gid: '' }] = await asana<{ gid: string }[]>('/workspaces');
  const [project = { gid: '' }] = await asana<{ gid: string }[]>(`/projects?workspace=${workspace.gid}`);
  const [task = { gid: '' }] = await asana<{ gid: string }[]>(`/projects/${project.gid}/tasks`);
  const dynamodb = new DynamoDBClient({ ...localAws, endpoint: dynamodbUrl ?? local.dynamodbUrl });
  const scan = async (TableName: string) => (await dynamodb.send(new ScanCommand({ TableName }))).Items ?? [];
  return {
    local,
    simulator,
    logs,
    consumed,
    dynamodb,
    project: project.gid,
    workspace: workspace.gid,
    task: task.gid,
    async manage<T>(payload: object): Promise<T> {
      const result = await local.manage(payload);
      if (result.ok) return result.value as T;
      const { errorMessage, errorType } = result.failure;
      expectDeclared(payload, errorType);
      throw Object.assign(new Error(errorMessage), { name: errorType });
    },
    async changeTask(data) {
      await callAsana(local.asanaUrl, local.token, 'PUT', `/tasks/${task.gid}`, data);
    },
    rows: async () =>
      ((await scan(tables.registry.TableName)) as Record<string, { S?: string; N?: string }>[]).filter(
        ({ pk }) => /^(hook|gid|sub|conn|name)#/.test(pk?.S ?? ''),
      ),
    events: async () =>
      (await scan(tables.eventLog.TableName)).map(
        ({ event }) => JSON.parse(event?.S ?? '{}') as Record<string, unknown>,
      ),
    async settle() {
      await simulator.controls.settle();
      await local.stream.settle();
      await local.eventBus.settle();
    },
    async close() {
      dynamodb.destroy();
      await local.close();
    },
  };
}

/** An operation fails only with errors that its contract declares. A crash has a name of Lambda's own. */
function expectDeclared(payload: object, error: string): void {
  const operation = 'operation' in payload ? String(payload.operation) : '';
  if (!(operation in operations) || !(error in errors)) return;
  const declared: readonly string[] = operations[operation as OperationName].errors;
  if (!declared.includes(error))
    throw new Error(`${operation} failed with ${error}, which it does not declare`);
}
