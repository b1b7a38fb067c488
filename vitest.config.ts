import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The deployed test needs an AWS endpoint; it has its own configuration and command.
    exclude: ['test/deployed/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: [
        'contract/**',
        'consumer/**',
        'core/**',
        'adapters/**',
        'functions/**',
        'lib/**',
        'cli/**',
        'local/**',
      ],
    },
  },
});
