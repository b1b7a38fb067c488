import { readEnvironment } from '../runtime/env.ts';
import { platform } from '../runtime/platform.ts';
import { createDispatcher } from './dispatcher.ts';
import { dispatcherEnvironmentNames } from './env.ts';

/** The entry point that Lambda calls. */
export const handler = createDispatcher(readEnvironment(dispatcherEnvironmentNames, process.env), platform);
