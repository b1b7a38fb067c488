import { randomBytes } from 'node:crypto';
import type { OAuthApp } from './asana-simulator/model.ts';

/** The credentials of an OAuth app at Asana. */
export type OAuthCredentials = Pick<OAuthApp, 'clientId' | 'clientSecret'>;

/** Makes the credentials of an app of the simulated Asana. */
export function newOAuthApp(): OAuthCredentials {
  return { clientId: '1200000000000000', clientSecret: randomBytes(16).toString('hex') };
}

/**
 * The app as it is registered with the simulated Asana. It may send a browser to the command line, which waits at 8976
 * unless it is told another port, and to the HTTP API, where customers come back.
 */
export function registrationOf(credentials: OAuthCredentials, publicUrl: string): OAuthApp {
  const redirectUris = ['http://localhost:8976/callback', `${publicUrl}/oauth/callback`];
  return { ...credentials, redirectUris, scopes: null };
}
