import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { createRandom } from '../../random.ts';

/**
 * Runs with random bytes that depend only on the seed. Ids decide the order of rows, so without this a seed would not
 * repeat its interleaving.
 */
export async function withSeededIds<T>(seed: number, run: () => Promise<T>): Promise<T> {
  const { randomBytes } = crypto;
  const random = createRandom(seed).fork('ids');
  const seeded = (size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += 1) bytes[at] = random.below(256);
    return bytes;
  };
  crypto.randomBytes = seeded as typeof randomBytes;
  syncBuiltinESMExports();
  try {
    return await run();
  } finally {
    crypto.randomBytes = randomBytes;
    syncBuiltinESMExports();
  }
}
