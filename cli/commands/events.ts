import type { CommandGroup } from '../command.ts';
import { get } from './events/get.ts';
import { list } from './events/list.ts';
import { tail } from './events/tail.ts';

export const events: CommandGroup = {
  name: 'events',
  summary: 'List, read or follow stored events',
  commands: [list, get, tail],
  examples: [['events tail', '']],
};
