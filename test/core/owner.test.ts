import { describe, expect, it } from 'vitest';
import { isSameOwner } from '../../core/owner.ts';

describe('isSameOwner()', () => {
  it.each([
    ['the same user', { userGid: '7', fingerprint: 'a' }, { userGid: '7', fingerprint: 'b' }, 'same'],
    ['two users', { userGid: '7', fingerprint: 'a' }, { userGid: '8', fingerprint: 'b' }, 'other'],
    [
      'two users with equal fingerprints',
      { userGid: '7', fingerprint: 'a' },
      { userGid: '8', fingerprint: 'a' },
      'other',
    ],
    ['the same credentials without a user', { fingerprint: 'a' }, { fingerprint: 'a' }, 'same'],
    [
      'the same credentials, the user of one is known',
      { userGid: '7', fingerprint: 'a' },
      { fingerprint: 'a' },
      'same',
    ],
    [
      'other credentials, the user of one is known',
      { userGid: '7', fingerprint: 'a' },
      { fingerprint: 'b' },
      'unknown',
    ],
    ['other credentials without a user', { fingerprint: 'a' }, { fingerprint: 'b' }, 'unknown'],
  ] as const)('of %s', (_, a, b, expected) => {
    expect(isSameOwner(a, b)).toBe(expected);
    expect(isSameOwner(b, a)).toBe(expected);
  });
});
