/**
 * Builds a value on first use and keeps it. Callers that come while it is being built share the attempt; a
 * failed attempt is forgotten, so that the next caller tries again.
 */
export function lazy<T>(build: () => Promise<T>): () => Promise<T> {
  let attempt: Promise<T> | undefined;
  return () => {
    attempt ??= build().catch((error: unknown) => {
      attempt = undefined;
      throw error;
    });
    return attempt;
  };
}
