import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';

/** What a command shows: results on stdout, for people as tables and for programs as JSON; the rest on stderr. */
export interface Output {
  readonly isJson: boolean;
  /** The result: `value` for programs, `show` for people. */
  result(value: unknown, show: () => void): void;
  table(head: readonly string[], rows: readonly (readonly unknown[])[], ifEmpty: string): void;
  /** A line of a result. */
  line(text?: string): void;
  /** What is going on, and what to do next; not part of the result. */
  note(text: string): void;
  /** A bar on a terminal, nothing elsewhere. */
  progress(total: number, unit: string): Progress;
}

export interface Progress {
  update(done: number): void;
  stop(): void;
}

type Style = Parameters<typeof styleText>[0];

/** Colours are for terminals, and not with NO_COLOR: Node's styleText looks at both. */
function paint(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return styleText(style, text, { stream });
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export function createOutput(isJson: boolean): Output {
  const { stdout, stderr } = process;
  return {
    isJson,
    result(value, show) {
      if (isJson) stdout.write(`${JSON.stringify(value)}\n`);
      else show();
    },
    table(head, rows, ifEmpty) {
      if (rows.length === 0) {
        stderr.write(`${ifEmpty}\n`);
        return;
      }
      const table = new Table({
        head: head.map((name) => paint('bold', name, stdout)),
        chars: noBorders,
        style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
      });
      table.push(
        ...rows.map((row) => row.map((cell) => (cell === undefined || cell === null ? '' : String(cell)))),
      );
      const lines = table.toString().split('\n');
      stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
    },
    line: (text = '') => stdout.write(`${text}\n`),
    note: (text) => stderr.write(`${paint('dim', text, stderr)}\n`),
    progress(total, unit) {
      if (!stderr.isTTY || isJson) return { update: () => undefined, stop: () => undefined };
      const bar = new SingleBar({
        format: `{bar} {value}/{total} ${unit}`,
        stream: stderr,
        hideCursor: true,
      });
      bar.start(total, 0);
      return { update: (done) => bar.update(done), stop: () => bar.stop() };
    },
  };
}

/** Says on stderr why a command failed. */
export function complain(message: string): void {
  process.stderr.write(`${paint('red', 'error', process.stderr)} ${message}\n`);
}

/** `1 event`, `2 events` */
export function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
