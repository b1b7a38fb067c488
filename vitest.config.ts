import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Names the seed of the hostile DynamoDB when a test fails.
    setupFiles: ['test/hostile/report.ts'],
    // The deployed test needs an AWS endpoint; it has its own configuration and command.
    exclude: ['test/deployed/**'],
    // No test measures real time, so these only end a test that hangs, on however busy a machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Files share a process and its modules, so that the AWS SDK is not imported for each. This is sound because no
    // module of the product keeps state, no test replaces a module, and tests restore environment variables.
    isolate: false,
    // By default Vitest keeps one processor for itself, and hardly uses it.
    maxWorkers: availableParallelism(),
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
