import { text } from 'node:stream/consumers';
import confirm from '@inquirer/confirm';
import password from '@inquirer/password';
import { Misuse } from './errors.ts';

/** Asks for a secret, unseen; or takes it from what is piped in. It is never an argument, which others could see. */
export async function askSecret(message: string): Promise<string> {
  if (process.stdin.isTTY) return password({ message, mask: '*' }, { output: process.stderr });
  const piped = (await text(process.stdin)).trim();
  if (piped === '') throw new Misuse(`${message}: pipe it in, or run this in a terminal.`);
  return piped;
}

/** Asks before something is destroyed. @throws Misuse where nobody can be asked, or the answer is no */
export async function askBefore(message: string, isAgreed: boolean): Promise<void> {
  if (isAgreed) return;
  if (!process.stdin.isTTY) throw new Misuse(`${message} Nobody can be asked here: say --yes.`);
  if (!(await confirm({ message, default: false }, { output: process.stderr }))) {
    throw new Misuse('Nothing was done.');
  }
}
