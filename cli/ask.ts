import { text } from 'node:stream/consumers';
import confirm from '@inquirer/confirm';
import password from '@inquirer/password';
import { Interrupted, Misuse } from './errors.ts';
import { plain } from './plain-text.ts';
import type { Terminal } from './terminal.ts';

/** Asks for a secret without showing it, or reads it from a pipe. Arguments are visible to other processes, so a secret is never an argument. */
export async function askSecret(message: string, { stdin, stderr }: Terminal): Promise<string> {
  if (stdin.isTTY) return orInterrupted(password({ message, mask: '*' }, { input: stdin, output: stderr }));
  const piped = (await text(stdin)).trim();
  if (piped === '') throw new Misuse(`${message}: pipe it in, or run this in a terminal.`);
  return piped;
}

/** Asks for confirmation. @throws Misuse if there is no terminal, or if the person says no */
export async function askBefore(
  message: string,
  isAgreed: boolean,
  { stdin, stderr }: Terminal,
): Promise<void> {
  if (isAgreed) return;
  const question = plain(message);
  if (!stdin.isTTY) throw new Misuse(`${question} There is no terminal to ask: add --yes.`);
  const isYes = await orInterrupted(
    confirm({ message: question, default: false }, { input: stdin, output: stderr }),
  );
  if (!isYes) throw new Misuse('Nothing was changed.');
}

async function orInterrupted<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new Interrupted('Nothing was changed.');
    throw error;
  }
}
