import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/deployed/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    // The tests are steps of one story. Each step needs the step before it.
    sequence: { concurrent: false },
    bail: 1,
  },
});
