import { readEnvironment } from '../runtime/env.ts';
import { platform } from '../runtime/platform.ts';
import { managementEnvironmentNames } from './env.ts';
import { createManagement } from './management.ts';

/** The entry point that Lambda calls. */
export const handler = createManagement(readEnvironment(managementEnvironmentNames, process.env), platform);
