import { relative } from 'node:path';
import { expect } from 'vitest';
import { seedOf } from '../random.ts';

/**
 * Returns the seed of the test file that runs. It depends only on the file's name, so a test that fails once fails
 * again. The environment variable HOSTILE_SEED overrides it.
 */
export function seedOfThisFile(): number {
  const { HOSTILE_SEED } = process.env;
  if (HOSTILE_SEED !== undefined && HOSTILE_SEED !== '') return Number(HOSTILE_SEED);
  const { testPath = '' } = expect.getState();
  return seedOf(relative(process.cwd(), testPath)) % 1_000_000;
}
