import { styleText } from 'node:util';

/** The output for a person. It has colours only on a terminal, and never with NO_COLOR. */
export interface Terminal {
  heading(text: string): void;
  step(text: string, detail?: string): void;
  failure(text: string): void;
  line(text?: string): void;
}

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  const isColoured = stream.isTTY === true && !process.env.NO_COLOR;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text;
  const write = (text: string) => stream.write(`${text}\n`);
  return {
    heading: (text) => write(`\n${paint('bold', text)}`),
    step: (text, detail) =>
      write(`  ${paint('green', '✓')} ${text.padEnd(44)} ${paint('dim', detail ?? '')}`.trimEnd()),
    failure: (text) => write(`  ${paint('red', '✗')} ${text}`),
    line: (text = '') => write(text),
  };
}
