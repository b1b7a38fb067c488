import { text } from 'node:stream/consumers';
import confirm from '@inquirer/confirm';
import password from '@inquirer/password';
import { Interrupted, Misuse } from './errors.ts';
import { plain } from './plain-text.ts';
import type { Terminal } from './terminal.ts';

/** Asks for a secret, unseen; or takes it from what is piped in. It is never an argument, which others could see. */
export async function askSecret(message: string, { stdin, stderr }: Terminal): Promise<string> {
  if (stdin.isTTY) return orInterrupted(password({ message, mask: '*' }, { input: stdin, output: stderr }));
  const piped = (await text(stdin)).trim();
  if (piped === '') throw new Misuse(`${message}: pipe it in, or run this in a terminal.`);
  return piped;
}

/** Asks before something is done. @throws Misuse where nobody can be asked, or the answer is no */
export async function askBefore(
  message: string,
  isAgreed: boolean,
  { stdin, stderr }: Terminal,
): Promise<void> {
  if (isAgreed) return;
  const question = plain(message);
  if (!stdin.isTTY) throw new Misuse(`${question} Nobody can be asked here: say --yes.`);
  const isYes = await orInterrupted(
    confirm({ message: question, default: false }, { input: stdin, output: stderr }),
  );
  if (!isYes) throw new Misuse('Nothing was done.');
}

async function orInterrupted<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new Interrupted('Nothing was done.');
    throw error;
  }
}
