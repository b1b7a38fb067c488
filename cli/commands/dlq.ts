import type { CommandGroup } from '../command.ts';
import { list } from './dlq/list.ts';
import { redrive } from './dlq/redrive.ts';

export const deadLetters: CommandGroup = {
  name: 'dlq',
  summary: 'List dead letters, and send them again',
  commands: [list, redrive],
  examples: [['dlq list', '']],
};
