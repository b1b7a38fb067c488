import { type Local, managementFunctionName } from '../start-local.ts';
import type { Terminal } from './terminal.ts';

/** Says in a few lines what to try next. */
export function showNextSteps(
  local: Local,
  { project, workspace }: { project: string; workspace: string },
  console: Terminal,
): void {
  const invoke = `${local.lambdaUrl}/2015-03-31/functions/${managementFunctionName}/invocations`;
  const example = JSON.stringify({ operation: 'getWebhooks', workspace });
  console.heading('Try next');
  console.line('  Hear of everything in the project, then add a task:');
  console.line(
    `    curl -s ${invoke} -d '${JSON.stringify({ operation: 'createWebhook', resource: project })}'`,
  );
  console.line(`    curl -s ${local.asanaUrl}/tasks -H 'Authorization: Bearer ${local.token}' \\`);
  console.line(
    `      -H 'Content-Type: application/json' -d '{"data":{"name":"Try it","projects":["${project}"]}}'`,
  );
  console.line('  List the webhooks, with curl or the AWS CLI (version 1 has no --cli-binary-format):');
  console.line(`    curl -s ${invoke} -d '${example}'`);
  console.line(
    `    aws lambda invoke --endpoint-url ${local.lambdaUrl} --function-name ${managementFunctionName} \\`,
  );
  console.line(`      --cli-binary-format raw-in-base64-out --payload '${example}' /dev/stdout`);
  console.line('  See what was received, and replay it to the consumer:');
  console.line(`    curl -s ${invoke} -d '{"operation":"listEvents"}'`);
  console.line(`    curl -s ${invoke} -d '{"operation":"replayEvents","plan":true}'`);
  console.line('\n  Ctrl-C stops. Events appear here as they arrive:\n');
}
