import { readEnvironment } from '../runtime/env.ts';
import { platform } from '../runtime/platform.ts';
import { receiverEnvironmentNames } from './env.ts';
import { createReceiver } from './receiver.ts';

/** The entry point that Lambda calls. */
export const handler = createReceiver(readEnvironment(receiverEnvironmentNames, process.env), platform);
