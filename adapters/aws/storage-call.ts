import { NamedError, StorageUnavailable } from '../../core/errors.ts';

/**
 * Runs one call to an AWS store, so that no SDK exception leaves the adapter.
 *
 * @throws StorageUnavailable with the SDK's exception as its cause.
 */
export async function storageCall<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof NamedError) throw cause;
    throw new StorageUnavailable(`Could not ${action}: ${nameOf(cause)}`, { cause });
  }
}

/** The SDK's name of the failure. Its message is left out: it may quote what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown failure';
}
