// Vitest runs this file before each test file.
import { afterEach } from 'vitest';
import { describeRunning } from './running.ts';

// The description is made in any case, because it forgets the layers that have closed.
afterEach(({ task }) => {
  const description = describeRunning();
  if (task.result?.state === 'fail' && description.length > 0) console.error(description.join('\n'));
});
