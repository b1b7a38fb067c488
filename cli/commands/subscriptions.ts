import type { CommandGroup } from '../command.ts';
import { get } from './subscriptions/get.ts';
import { list } from './subscriptions/list.ts';
import { pause } from './subscriptions/pause.ts';
import { resume } from './subscriptions/resume.ts';
import { update } from './subscriptions/update.ts';

export const subscriptions: CommandGroup = {
  name: 'subscriptions',
  summary: 'List, show, change, pause and resume subscriptions',
  commands: [list, get, update, pause, resume],
  byDefault: list,
  examples: [],
};
