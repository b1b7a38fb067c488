import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/deployed/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    // The steps of one story: each needs the one before.
    sequence: { concurrent: false },
    bail: 1,
  },
});
