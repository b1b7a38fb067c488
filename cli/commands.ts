import type { Command, CommandGroup } from './command.ts';
import { completion } from './commands/completion.ts';
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
import { subscriptions } from './commands/subscriptions.ts';
import { update } from './commands/update.ts';

/** Every command, in the order of the help. */
export const commands: readonly (Command | CommandGroup)[] = [
  connect,
  connections,
  create,
  list,
  get,
  update,
  deleteWebhooks,
  subscriptions,
  events,
  replay,
  deadLetters,
  quota,
  completion,
];
