/**
 * Reads a function's environment. The error names every missing or empty variable, so that a broken deployment can be
 * fixed in one step.
 *
 * @throws Error if a variable is missing or empty.
 */
export function readEnvironment<Name extends string>(
  names: readonly Name[],
  source: Readonly<Record<string, string | undefined>>,
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => !source[name]);
  if (missing.length > 0) {
    throw new Error(`Cannot start: these environment variables are missing or empty: ${missing.join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Record<Name, string>;
}
