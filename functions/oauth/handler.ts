import { readEnvironment } from '../runtime/env.ts';
import { platform } from '../runtime/platform.ts';
import { oauthEnvironmentNames } from './env.ts';
import { createOAuth } from './oauth.ts';

/** The entry point that Lambda calls. */
export const handler = createOAuth(readEnvironment(oauthEnvironmentNames, process.env), platform);
