import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { expect, it } from 'vitest';

interface Locked {
  readonly engines?: { readonly node?: string };
  readonly optional?: boolean;
}

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

// npm warns about each package that does not support the running Node. A warning makes a bad first impression.
it.each(['20.19.0', '22.12.0', '24.0.0'])('npm ci prints no engine warning on Node %s', (version) => {
  const unwilling = Object.entries(lock.packages).filter(
    ([, { engines, optional }]) =>
      // npm skips an unsupported optional package without a warning.
      !optional && engines?.node !== undefined && !satisfies(version, engines.node),
  );
  expect(unwilling.map(([path]) => path)).toEqual([]);
});
