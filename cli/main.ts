#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { connect } from './commands/connect.ts';
import { connections } from './commands/connections.ts';
import { create } from './commands/create.ts';
import { deleteWebhooks } from './commands/delete.ts';
import { deadLetters } from './commands/dlq.ts';
import { events } from './commands/events.ts';
import { get } from './commands/get.ts';
import { list } from './commands/list.ts';
import { quota } from './commands/quota.ts';
import { replay } from './commands/replay.ts';
import { update } from './commands/update.ts';
import { Failed, Misuse } from './errors.ts';
import { complain } from './output.ts';
import { createProgram } from './program.ts';

const exit = { done: 0, failed: 1, misuse: 2 };

const commands = [
  connect,
  connections,
  create,
  list,
  get,
  update,
  deleteWebhooks,
  events,
  replay,
  deadLetters,
  quota,
];

async function main(): Promise<number> {
  try {
    await createProgram(hideBin(process.argv), commands).parseAsync();
    return exit.done;
  } catch (error) {
    if (error instanceof Misuse) {
      complain(error.message);
      return exit.misuse;
    }
    if (error instanceof Failed) {
      complain(error.message);
      return exit.failed;
    }
    // Ctrl-C at a question.
    if (error instanceof Error && error.name === 'ExitPromptError') return exit.misuse;
    throw error;
  }
}

process.exitCode = await main();
