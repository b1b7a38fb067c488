import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';
import type { Shown } from './errors.ts';
import { inOneLine, plain, toJson } from './plain-text.ts';
import { type Column, layOut } from './table.ts';
import type { Screen, Terminal } from './terminal.ts';

/** Prints results to stdout, as text or as JSON, and everything else to stderr. */
export interface Output {
  readonly isJson: boolean;
  /** Prints the result: `value` with `--json`, otherwise `show`. */
  result(value: unknown, show: () => void): void;
  /** Prints a table. Undefined and null are empty cells. */
  table(columns: readonly Column[], rows: readonly (readonly unknown[])[], ifEmpty: string): void;
  /** Prints one line of the result. */
  line(text?: string): void;
  /** Prints progress or a next step. It is not part of the result. */
  note(text: string): void;
  /** Prints a warning. The command continues. */
  warn(text: string): void;
  /** Shows a progress bar on a terminal, one line per step in a pipe, and nothing with `--json`. */
  progress(total: number, unit: string): Progress;
}

export interface Progress {
  update(done: number): void;
  stop(): void;
}

type Style = Parameters<typeof styleText>[0];

/** Node's styleText uses colours only on a terminal, and not if NO_COLOR is set. */
function paint(style: Style, text: string, stream: Screen): string {
  return styleText(style, text, { stream });
}

export function createOutput(isJson: boolean, { stdout, stderr }: Terminal): Output {
  const note = (text: string) => void stderr.write(`${paint('dim', plain(text), stderr)}\n`);
  return {
    isJson,
    result(value, show) {
      if (isJson) stdout.write(`${toJson(value)}\n`);
      else show();
    },
    table(columns, rows, ifEmpty) {
      if (rows.length === 0) {
        stderr.write(`${plain(ifEmpty)}\n`);
        return;
      }
      const texts = rows.map((row) => row.map((cell) => inOneLine(String(cell ?? ''))));
      const [heads = '', ...lines] = layOut(columns, texts, stdout.isTTY ? stdout.columns : undefined);
      stdout.write(`${[paint('bold', heads, stdout), ...lines].join('\n')}\n`);
    },
    line: (text = '') => void stdout.write(`${plain(text)}\n`),
    note,
    warn: (text) => void stderr.write(`${paint('yellow', 'warning', stderr)} ${plain(text)}\n`),
    progress(total, unit) {
      if (isJson) return { update: () => undefined, stop: () => undefined };
      if (!stderr.isTTY) {
        return { update: (done) => note(`${done} of ${total} ${unit}`), stop: () => undefined };
      }
      const format = `{bar} {value}/{total} ${unit}`;
      const bar = new SingleBar({ format, stream: stderr, hideCursor: true, clearOnComplete: true });
      bar.start(total, 0);
      return { update: (done) => bar.update(done), stop: () => bar.stop() };
    },
  };
}

/** Prints an error to stderr: as a sentence, or with `--json` as one line of JSON. */
export function complain(error: Shown, isJson: boolean, { stderr }: Terminal): void {
  const { name, message } = error;
  if (isJson) {
    stderr.write(`${toJson({ error: { name, message: plain(message) } })}\n`);
    return;
  }
  const [first = '', ...more] = plain(message).split('\n');
  // Show the name only if the contract documents it.
  const tag = ['Misuse', 'Failed', 'Interrupted'].includes(name) ? '' : ` [${name}]`;
  const lines = [`${paint('red', 'error', stderr)} ${first}${tag}`, ...more.map((line) => `      ${line}`)];
  stderr.write(`${lines.join('\n')}\n`);
}

/** `1 event`, `2 events` */
export function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
