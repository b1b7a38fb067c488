import { describeEvent } from '../cli/console/describe-event.ts';
import { timeOfDay } from '../cli/console/time-of-day.ts';
import type { BusEvent } from './aws/event-bus.ts';
import { PortInUse } from './aws/listen.ts';
import type { ReceivedEvent } from './aws/received-event.ts';
import { type Flags, help, readFlags, UsageError } from './flags.ts';
import { type Local, startLocal } from './start-local.ts';
import { callAsana } from './story/asana-api.ts';
import { createFeed, type Feed } from './story/feed.ts';
import { showFailingConsumer, showNextSteps } from './story/next-steps.ts';
import { tellStory } from './story/story.ts';
import { createTerminal } from './story/terminal.ts';

async function main(): Promise<number> {
  const flags = readFlags(process.argv.slice(2), process.env);
  if (flags.help) {
    process.stdout.write(help);
    return 0;
  }
  const stored = createFeed<ReceivedEvent>('event was stored');
  const consumed = createFeed<BusEvent>('event reached the consumer');
  const local = await startLocal({
    port: flags.port,
    asana: flags.asana,
    publicUrl: flags.publicUrl,
    onStored: stored.push,
    onConsumed: consumed.push,
    onLog: flags.verbose ? (line) => process.stderr.write(`${line}\n`) : undefined,
  });
  const stop = new AbortController();
  // Local mode that keeps running has done its job, so a signal stops it with exit code 0. A second Ctrl-C ends
  // the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    return await serve(local, flags, { stored, consumed }, stop.signal);
  } finally {
    stop.abort();
    await local.close();
  }
}

interface Feeds {
  readonly stored: Feed<ReceivedEvent>;
  readonly consumed: Feed<BusEvent>;
}

async function serve(local: Local, flags: Flags, feeds: Feeds, signal: AbortSignal): Promise<number> {
  // With --json, stdout is for programs.
  const console = createTerminal(flags.json ? process.stderr : process.stdout);
  const place = await findPlace(local);
  const say = (line: object) => flags.json && process.stdout.write(`${JSON.stringify(line)}\n`);
  console.heading('Asana webhooks, on this machine');
  console.line(`  HTTP API   ${local.apiUrl}`);
  console.line(`  Lambda     ${local.lambdaUrl}`);
  console.line(`  Asana      ${local.asanaUrl}${flags.asana ? '' : ' (simulated)'}`);

  const { project } = place;
  if (project !== undefined) {
    try {
      await tellStory({ local, project, console, ...feeds });
    } catch (error) {
      console.failure(error instanceof Error ? error.message : String(error));
      return 1;
    }
  }
  // Programs start to act after this line. The story runs before it, because both would change data at the
  // same time.
  say({
    ready: true,
    api: local.apiUrl,
    lambda: local.lambdaUrl,
    asana: local.asanaUrl,
    ...(!flags.asana && { token: local.token }),
    ...place,
  });
  for (const received of feeds.stored.items()) say(received);
  if (flags.once && project !== undefined) return 0;
  feeds.stored.onItem((received) => {
    say(received);
    const { event } = received;
    if (!flags.json) console.line(`  ${timeOfDay(event.created_at)}  ${describeEvent(event)}`);
  });
  if (project !== undefined) showNextSteps(local, project, console);
  if (flags.failConsumer) {
    local.consumer.fail();
    showFailingConsumer(local, console);
  }
  console.line('\n  Ctrl-C stops. Events appear here as they arrive:\n');
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  return 0;
}

/**
 * Returns the seeded workspace and project. It makes no request to an Asana other than the simulated Asana.
 */
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

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof PortInUse;
  const advice =
    error instanceof PortInUse
      ? '. Stop the process that uses it, or choose other ports with --port. 0 selects free ports.'
      : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${advice}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
