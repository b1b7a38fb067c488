import type { CommandGroup } from '../command.ts';
import { list } from './events/list.ts';
import { tail } from './events/tail.ts';

export const events: CommandGroup = {
  name: 'events',
  summary: 'List stored events, or follow them',
  commands: [list, tail],
  examples: [['events tail', '']],
};
