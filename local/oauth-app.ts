import { randomBytes } from 'node:crypto';
import type { OAuthApp } from './asana-simulator/model.ts';

/** The credentials of an OAuth app at Asana. */
export type OAuthCredentials = Pick<OAuthApp, 'clientId' | 'clientSecret'>;

/** Creates the credentials of an OAuth app of the simulated Asana. */
export function newOAuthApp(): OAuthCredentials {
  return { clientId: '1200000000000000', clientSecret: randomBytes(16).toString('hex') };
}

/**
 * Returns the app as the simulated Asana registers it. The app may redirect a browser to the command line and
 * to the HTTP API. The command line waits on port 8976, unless another port is given. Customers return to the
 * HTTP API.
 */
export function registrationOf(credentials: OAuthCredentials, publicUrl: string): OAuthApp {
  const redirectUris = ['http://localhost:8976/callback', `${publicUrl}/oauth/callback`];
  return { ...credentials, redirectUris, scopes: null };
}
