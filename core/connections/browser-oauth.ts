import { randomBytes } from 'node:crypto';
import { NamedError } from '../errors.ts';
import { authorizationUrlOf, idOf, sha256, storeGrant } from './authorization.ts';
import type { OAuthServices } from './services.ts';

/** Where a customer's browser goes, and what it is to remember. */
export type BrowserAnswer =
  | { readonly kind: 'redirect'; readonly location: string; readonly remember?: string }
  | { readonly kind: 'unknown' };

export type WebServices = Pick<OAuthServices, 'connections' | 'authorization' | 'oauthRequests' | 'now'>;

/**
 * Sends a customer's browser on to Asana, and has it remember something that only this browser knows. An
 * authorization is begun by one browser: whoever else has its address gets nowhere.
 */
export async function startInBrowser(state: string, services: WebServices): Promise<BrowserAnswer> {
  const { oauthRequests, authorization, now } = services;
  const request = await oauthRequests.find(idOf(state), now());
  if (request?.returnTo === undefined) return { kind: 'unknown' };
  const remember = randomBytes(32).toString('base64url');
  if (!(await oauthRequests.bind(request.id, sha256(remember)))) return { kind: 'unknown' };
  return { kind: 'redirect', location: await authorizationUrlOf(request, state, authorization), remember };
}

/** What Asana sends a customer's browser back with, and what this browser remembers. */
export interface Callback {
  readonly state: string;
  readonly code?: string;
  readonly error?: string;
  readonly remembered?: string;
}

/**
 * Ends an authorization in the browser that began it, and sends the customer on with `connection` and `status`:
 * `connected`, `refused` by the person, or `failed`.
 */
export async function finishInBrowser(callback: Callback, services: WebServices): Promise<BrowserAnswer> {
  const { state, code, error, remembered } = callback;
  const { oauthRequests, now } = services;
  const known = await oauthRequests.find(idOf(state), now());
  const isSameBrowser = remembered !== undefined && known?.browser === sha256(remembered);
  // Another browser does not use it up either.
  if (known?.returnTo === undefined || !isSameBrowser) return { kind: 'unknown' };
  const request = await oauthRequests.take(known.id, now());
  if (request === undefined) return { kind: 'unknown' };
  const goOn = (status: string): BrowserAnswer => {
    const location = new URL(known.returnTo ?? '');
    location.searchParams.set('connection', request.connection);
    location.searchParams.set('status', status);
    return { kind: 'redirect', location: location.href };
  };
  if (code === undefined) return goOn(error === 'access_denied' ? 'refused' : 'failed');
  try {
    await storeGrant(request, code, services);
    return goOn('connected');
  } catch (failure) {
    if (failure instanceof NamedError) return goOn('failed');
    throw failure;
  }
}
