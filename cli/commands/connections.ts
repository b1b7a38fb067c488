import type { CommandGroup } from '../command.ts';
import { check } from './connections/check.ts';
import { deleteConnection } from './connections/delete.ts';
import { list } from './connections/list.ts';

export const connections: CommandGroup = {
  name: 'connections',
  summary: 'List, check and delete connections',
  commands: [list, check, deleteConnection],
  byDefault: list,
  examples: [],
};
