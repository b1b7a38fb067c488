import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { toHookRow } from '../adapters/aws/hook-row.ts';
import { newHookKey } from '../core/hook.ts';
import { encryptSecret } from '../core/hook-secret.ts';
import { esbuildOptions } from '../lib/functions/bundling.ts';

// Compares the receiver with a minimal receiver (the floor), in one run on one machine. Only the ratios are meaningful.
// `npm run benchmark` bundles both as they are deployed, and runs each several times, in turn.

const rounds = 11;
const deliveries = 1_000;
const eventsInDelivery = 5;
const root = join(import.meta.dirname, '..');

const folder = await mkdtemp(join(tmpdir(), 'asana-webhooks-benchmark-'));
const backend = await startBackend();
try {
  await bundle('receiver', join(root, 'functions/receiver/handler.ts'));
  await bundle('floor', join(root, 'benchmarks/floor.ts'));
  for (const measure of ['import', 'cpu'] as const) {
    const floor: number[] = [];
    const receiver: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      floor.push(run('floor', measure));
      receiver.push(run('receiver', measure));
    }
    const unit = measure === 'import' ? 'ms to import, cold' : 'ms of CPU per delivery';
    // Take the fastest run of each: other work of the machine can only add time.
    const [low, high] = [Math.min(...floor), Math.min(...receiver)];
    console.log(
      `${unit.padEnd(24)} floor ${low.toFixed(3)}  receiver ${high.toFixed(3)}  ratio ${(high / low).toFixed(2)}`,
    );
  }
} finally {
  backend.stop();
  await rm(folder, { recursive: true });
}

async function bundle(name: string, entry: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: join(folder, `${name}.mjs`),
    ...esbuildOptions,
  });
}

/** Runs one bundle in a separate process, and returns the result in ms. */
function run(name: string, measure: 'import' | 'cpu'): number {
  const output = execFileSync(
    process.execPath,
    [join(root, 'benchmarks/measure.ts'), join(folder, `${name}.mjs`), measure],
    {
      encoding: 'utf8',
      env: {
        REGISTRY_TABLE_NAME: 'registry',
        EVENT_LOG_TABLE_NAME: 'event-log',
        EVENT_RETENTION_DAYS: '30',
        ENCRYPTION_KEY_SECRET_ID: 'encryption-key',
        POWERTOOLS_SERVICE_NAME: 'receiver',
        POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_ENDPOINT_URL: backend.url,
        BENCHMARK_REQUEST: JSON.stringify(backend.request),
        BENCHMARK_DELIVERIES: String(deliveries),
      },
    },
  );
  const last = output.trim().split('\n').at(-1) ?? '';
  return Number(last.replace('measured ', ''));
}

/** Starts fakes of DynamoDB and Secrets Manager, in a separate process so that their CPU time is not measured. */
async function startBackend() {
  const hookKey = newHookKey();
  const secret = 'b537207f20cbfa02357cf448134da559';
  const material = 'a'.repeat(64);
  const row = toHookRow({
    hookKey,
    subscription: 'sub_benchmark',
    connection: 'default',
    resource: '1',
    generation: 1,
    baseUrl: 'https://hooks.example.com',
    status: 'active',
    webhookGid: '77',
    createdAt: new Date(),
    windowClosesAt: new Date(),
    encryptedSecret: encryptSecret(secret, hookKey, { version: '1', material }),
  });
  const answers = {
    GetItem: { Item: row },
    GetSecretValue: { SecretString: JSON.stringify({ current: '1', 1: material }) },
    BatchWriteItem: { UnprocessedItems: {} },
    UpdateItem: {},
  };
  const file = join(folder, 'backend.mjs');
  await writeFile(
    file,
    `import { createServer } from 'node:http';
    const answers = ${JSON.stringify(answers)};
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const body = JSON.stringify(answers[String(request.headers['x-amz-target']).split('.').at(-1)] ?? {});
        response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0', 'Content-Length': body.length }).end(body);
      });
    }).listen(0, '127.0.0.1', () => console.log(server.address().port));`,
  );
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
  });
  const body = JSON.stringify({
    events: Array.from({ length: eventsInDelivery }, (_, index) => exampleEvent(index)),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    request: { hookKey, secret, body, signature: createHmac('sha256', secret).update(body).digest('hex') },
    stop: () => child.kill(),
  };
}

function exampleEvent(index: number): object {
  return {
    user: { gid: '1200000000000002', resource_type: 'user' },
    created_at: new Date().toISOString(),
    action: 'changed',
    resource: { gid: `12000000000001${index}`, resource_type: 'task', resource_subtype: 'default_task' },
    parent: null,
    change: { field: 'due_on', action: 'changed' },
  };
}
