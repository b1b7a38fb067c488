import { callAsana } from './asana-api.ts';
import { createConsole } from './console.ts';
import { describeEvent } from './describe-event.ts';
import { type Local, startLocal } from './environment.ts';
import { followEvents, type ReceivedEvent } from './event-feed.ts';
import { type Flags, help, readFlags, UsageError } from './flags.ts';
import { PortInUse } from './listen.ts';
import { showNextSteps } from './next-steps.ts';
import { tellStory } from './story.ts';

/** How long the story waits for the event. Asana says "under a minute"; the simulator takes a second. */
const eventTimeoutMs = 15_000;

async function main(): Promise<number> {
  const flags = readFlags(process.argv.slice(2), process.env);
  if (flags.help) {
    process.stdout.write(help);
    return 0;
  }
  const local = await startLocal({
    port: flags.port,
    asana: flags.asana,
    publicUrl: flags.publicUrl,
    onLog: flags.verbose ? (line) => process.stderr.write(`${line}\n`) : undefined,
  });
  const stop = new AbortController();
  // Asked to stop in staying mode, it has done its job: 0. A second Ctrl-C ends it at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    return await serve(local, flags, stop.signal);
  } finally {
    stop.abort();
    await local.close();
  }
}

async function serve(local: Local, flags: Flags, signal: AbortSignal): Promise<number> {
  // With --json, stdout is for programs.
  const console = createConsole(flags.json ? process.stderr : process.stdout);
  const place = await findPlace(local);
  const say = (line: object) => flags.json && process.stdout.write(`${JSON.stringify(line)}\n`);
  console.heading('Asana webhooks, on this machine');
  console.line(`  HTTP API   ${local.apiUrl}`);
  console.line(`  Lambda     ${local.lambdaUrl}`);
  console.line(`  Asana      ${local.asanaUrl}${flags.asana ? '' : ' (simulated)'}`);
  say({
    ready: true,
    api: local.apiUrl,
    lambda: local.lambdaUrl,
    asana: local.asanaUrl,
    ...(!flags.asana && { token: local.token }),
    ...place,
  });

  const events = watch(local, signal, (received) => {
    say(received);
    if (!flags.json && isStaying)
      console.line(`  ${new Date().toLocaleTimeString()}  ${describeEvent(received.event)}`);
  });
  let isStaying = Boolean(flags.asana);
  if (place.project !== undefined && place.workspace !== undefined) {
    const { project, workspace } = place;
    try {
      await tellStory({ local, project, console, waitForEvent: events.waitFor });
    } catch (error) {
      console.failure(error instanceof Error ? error.message : String(error));
      return 1;
    }
    if (flags.once) return 0;
    showNextSteps(local, { project, workspace }, console);
    isStaying = true;
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  return 0;
}

/** The seeded workspace and project; of another Asana than the simulator nothing is touched. */
async function findPlace({
  simulator,
  asanaUrl,
  token,
}: Local): Promise<{ workspace?: string; project?: string }> {
  if (!simulator) return {};
  const [workspace] = (await callAsana(asanaUrl, token, 'GET', '/workspaces')) as readonly { gid: string }[];
  const [project] = (await callAsana(
    asanaUrl,
    token,
    'GET',
    `/projects?workspace=${workspace?.gid}`,
  )) as readonly {
    gid: string;
  }[];
  return { workspace: workspace?.gid, project: project?.gid };
}

/** Shows each received event, and lets the story wait for one. */
function watch(local: Local, signal: AbortSignal, show: (received: ReceivedEvent) => void) {
  const seen: ReceivedEvent[] = [];
  const waiting = new Set<(received: ReceivedEvent) => void>();
  const follow = async () => {
    for await (const received of followEvents(local.dynamodbUrl, signal)) {
      seen.push(received);
      show(received);
      for (const waiter of waiting) waiter(received);
    }
  };
  follow().catch((error: unknown) => {
    if (!signal.aborted) process.stderr.write(`Cannot follow the event log: ${String(error)}\n`);
  });
  const isOf = (resource: string) => (received: ReceivedEvent) =>
    (received.event.resource as { readonly gid?: string } | undefined)?.gid === resource;

  return {
    waitFor: (resource: string) =>
      new Promise<ReceivedEvent>((resolve, reject) => {
        const known = seen.find(isOf(resource));
        if (known) return resolve(known);
        const timer = setTimeout(
          () => reject(new Error(`No event arrived within ${eventTimeoutMs / 1000} s`)),
          eventTimeoutMs,
        );
        const waiter = (received: ReceivedEvent) => {
          if (!isOf(resource)(received)) return;
          clearTimeout(timer);
          waiting.delete(waiter);
          resolve(received);
        };
        waiting.add(waiter);
      }),
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof PortInUse;
  const advice =
    error instanceof PortInUse
      ? ': stop what uses it, or choose other ports with --port, 0 for free ones.'
      : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${advice}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
