#!/usr/bin/env node
import { run } from './run.ts';
import { terminal } from './terminal.ts';

// A reader that has seen enough, as in `… | head -1`, closes the pipe. That is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

process.exitCode = await run(process.argv.slice(2), terminal);
