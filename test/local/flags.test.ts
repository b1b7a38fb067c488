import { describe, expect, it } from 'vitest';
import { readFlags } from '../../local/flags.ts';

describe('readFlags()', () => {
  it('has defaults', () => {
    expect(readFlags([], {})).toEqual({
      port: 3000,
      json: false,
      once: false,
      verbose: false,
      help: false,
      asana: undefined,
      publicUrl: undefined,
    });
  });

  it('reads every flag', () => {
    const argv = [
      '--port',
      '0',
      '--json',
      '--verbose',
      '--asana',
      'https://app.asana.com/api/1.0/',
      '--public-url',
      'https://t.example.com',
    ];
    expect(readFlags(argv, { ASANA_ACCESS_TOKEN: 't' })).toMatchObject({
      port: 0,
      json: true,
      verbose: true,
      asana: { baseUrl: 'https://app.asana.com/api/1.0', token: 't' },
      publicUrl: 'https://t.example.com',
    });
  });

  it.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['extra'], "Unexpected argument 'extra'"],
    [['--port'], "Option '--port <value>' argument missing"],
    [['--port', '70000'], '--port takes a number from 1 to 65533'],
    [['--port', '-1'], '--port'],
    [['--port', '3.5'], '--port takes a number'],
    [['--public-url', 'here'], '--public-url takes an address'],
    [['--asana', 'here'], '--asana takes an address'],
    [['--asana', 'https://app.asana.com/api/1.0'], 'ASANA_ACCESS_TOKEN'],
  ])('refuses %j in one sentence', (argv, sentence) => {
    expect(() => readFlags(argv, {})).toThrow(sentence);
  });

  it('refuses --once with another Asana, where there is no story', () => {
    const argv = ['--once', '--asana', 'https://app.asana.com/api/1.0'];
    expect(() => readFlags(argv, { ASANA_ACCESS_TOKEN: 't' })).toThrow('--once');
  });
});
