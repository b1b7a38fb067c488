import { healPath } from '../consumer-switch.ts';
import type { Local } from '../start-local.ts';
import type { Terminal } from './terminal.ts';

/** The default address at which the command line looks for local mode. */
const usualLambdaUrl = 'http://127.0.0.1:3001';

/** Prints three commands to try next. */
export function showNextSteps(local: Local, project: string, console: Terminal): void {
  console.heading('Try next');
  for (const command of ['list', `create ${project} --on task`, 'events tail']) {
    console.line(`  ${commandLine(local, command)}`);
  }
}

/** Prints the commands to use while the consumer fails. */
export function showFailingConsumer(local: Local, console: Terminal): void {
  console.heading('The consumer fails from now on');
  console.line(`  ${commandLine(local, 'dlq list')}`);
  console.line(`  curl -X POST ${local.lambdaUrl}${healPath}`);
  console.line(`  ${commandLine(local, 'dlq redrive')}`);
}

function commandLine({ lambdaUrl }: Local, command: string): string {
  const place = lambdaUrl === usualLambdaUrl ? '--local' : `--local-url ${lambdaUrl}`;
  return `npx asana-webhooks ${command} ${place}`;
}
