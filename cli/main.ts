#!/usr/bin/env node
import { run } from './run.ts';
import { terminal } from './terminal.ts';

// A program such as `head -1` closes the pipe when it has read enough. That is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

process.exitCode = await run(process.argv.slice(2), terminal);
