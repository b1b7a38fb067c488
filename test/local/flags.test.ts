import { describe, expect, it } from 'vitest';
import { readFlags, UsageError } from '../../local/flags.ts';

describe('readFlags()', () => {
  it('has defaults', () => {
    expect(readFlags([], {})).toEqual({
      port: 3000,
      json: false,
      once: false,
      verbose: false,
      failConsumer: false,
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
      '--fail-consumer',
      '--asana',
      'https://app.asana.com/api/1.0/',
      '--public-url',
      'https://t.example.com',
    ];
    expect(readFlags(argv, { ASANA_ACCESS_TOKEN: 't' })).toMatchObject({
      port: 0,
      json: true,
      verbose: true,
      failConsumer: true,
      asana: { baseUrl: 'https://app.asana.com/api/1.0', token: 't' },
      publicUrl: 'https://t.example.com',
    });
  });

  it.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['extra'], "Unexpected argument 'extra'"],
    [['--port'], "Option '--port <value>' argument missing"],
    [['--port', '70000'], '--port accepts a number from 1 to 65533'],
    [['--port', '-1'], '--port'],
    [['--port', '3.5'], '--port accepts a number'],
    [['--public-url', 'here'], '--public-url accepts an address'],
    [['--asana', 'here'], '--asana accepts an address'],
    [['--asana', 'https://app.asana.com/api/1.0'], 'ASANA_ACCESS_TOKEN'],
  ])('refuses %j in one sentence', (argv, sentence) => {
    expect(() => readFlags(argv, {})).toThrow(sentence);
  });

  it('reads the OAuth app for another Asana from the environment', () => {
    const argv = ['--asana', 'https://app.asana.com/api/1.0'];
    const env = { ASANA_ACCESS_TOKEN: 't', ASANA_OAUTH_CLIENT_ID: '12', ASANA_OAUTH_CLIENT_SECRET: 's' };
    expect(readFlags(argv, env).asana).toEqual({
      baseUrl: 'https://app.asana.com/api/1.0',
      token: 't',
      oauthApp: { clientId: '12', clientSecret: 's' },
    });
    expect(readFlags(argv, { ASANA_ACCESS_TOKEN: 't' }).asana?.oauthApp).toBeUndefined();
  });

  it.each([
    [{ ASANA_OAUTH_CLIENT_ID: '12' }, 'ASANA_OAUTH_CLIENT_SECRET is missing'],
    [{ ASANA_OAUTH_CLIENT_SECRET: 's', ASANA_OAUTH_CLIENT_ID: '' }, 'ASANA_OAUTH_CLIENT_ID is missing'],
  ])('refuses an incomplete OAuth app: %j', (env, sentence) => {
    const argv = ['--asana', 'https://app.asana.com/api/1.0'];
    expect(() => readFlags(argv, { ASANA_ACCESS_TOKEN: 't', ...env })).toThrow(UsageError);
    expect(() => readFlags(argv, { ASANA_ACCESS_TOKEN: 't', ...env })).toThrow(sentence);
    // The simulated Asana has its own app.
    expect(readFlags([], env).asana).toBeUndefined();
  });

  it('refuses --once with another Asana, because another Asana has no story', () => {
    const argv = ['--once', '--asana', 'https://app.asana.com/api/1.0'];
    expect(() => readFlags(argv, { ASANA_ACCESS_TOKEN: 't' })).toThrow('--once');
  });
});
