import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { esbuildOptions } from '../../../lib/functions/bundling.ts';

async function bundleOf(name: string): Promise<{ readonly bytes: number; readonly text: string }> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../../../functions', name, 'handler.ts')],
    write: false,
    ...esbuildOptions,
  });
  const [file] = outputFiles;
  return { bytes: file?.contents.byteLength ?? 0, text: file?.text ?? '' };
}

describe('the bundle', () => {
  it.each([
    ['receiver', 400],
    ['dispatcher', 400],
    ['example-consumer', 600],
    ['management', 600],
    ['oauth', 400],
  ])('of %s has at most %i KB', async (name, maxKilobytes) => {
    const { bytes } = await bundleOf(name);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(maxKilobytes * 1_000);
  });

  it('of the receiver cannot call Asana', async () => {
    expect((await bundleOf('receiver')).text).not.toContain('Authorization:`Bearer');
    expect((await bundleOf('dispatcher')).text).not.toContain('Authorization:`Bearer');
    expect((await bundleOf('management')).text).toContain('Authorization:`Bearer');
  });
});
