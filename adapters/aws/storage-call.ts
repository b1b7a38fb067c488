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

/** Returns the SDK's name of the failure. The SDK's message is omitted, because it may quote the request. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown failure';
}
