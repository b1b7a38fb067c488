import type { ClientParts } from '../../functions/runtime/platform.ts';
import { pauseRetriesWith } from '../in-process/retries.ts';

/** An extension of an SDK client that makes its retries pause for at most a millisecond. */
export const quickRetries = {
  configure: (client: ClientParts): void => pauseRetriesWith(async () => undefined, client),
};
