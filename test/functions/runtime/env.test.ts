import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../functions/runtime/env.ts';

describe('readEnvironment()', () => {
  it('returns the named variables and no others', () => {
    expect(readEnvironment(['A', 'B'], { A: '1', B: '2', C: '3' })).toEqual({ A: '1', B: '2' });
  });

  it('names all missing and empty variables in a single error', () => {
    expect(() => readEnvironment(['A', 'B', 'C'], { A: '1', B: '' })).toThrow('missing or empty: B, C');
  });
});
