import { randomBytes } from 'node:crypto';
import { NamedError } from '../errors.ts';
import { sha256 } from '../sha256.ts';
import { authorizationUrlOf, idOf, storeGrant } from './authorization.ts';
import type { OAuthServices } from './services.ts';

/** Where a customer's browser is redirected, and the value for its cookie. */
export type BrowserAnswer =
  | { readonly kind: 'redirect'; readonly location: string; readonly remember?: string }
  | { readonly kind: 'unknown' };

export type WebServices = Pick<
  OAuthServices,
  'connections' | 'authorization' | 'oauthRequests' | 'asanaOf' | 'now'
>;

/**
 * Redirects a customer's browser to Asana, and gives it a random cookie value that only this browser knows.
 * Only one browser can begin an authorization, so the address is of no use in another browser.
 */
export async function startInBrowser(state: string, services: WebServices): Promise<BrowserAnswer> {
  const { oauthRequests, authorization } = services;
  const request = await oauthRequests.find(idOf(state));
  if (request?.returnTo === undefined) return { kind: 'unknown' };
  const remember = randomBytes(32).toString('base64url');
  if (!(await oauthRequests.bind(request.id, sha256(remember)))) return { kind: 'unknown' };
  return { kind: 'redirect', location: await authorizationUrlOf(request, state, authorization), remember };
}

/** The parameters with which Asana redirects a customer's browser back, and the browser's cookie value. */
export interface Callback {
  readonly state: string;
  readonly code?: string;
  readonly error?: string;
  readonly remembered?: string;
}

/**
 * Completes an authorization in the browser that began it. Redirects the customer to `returnTo` with the
 * parameters `connection` and `status`, which is `connected`, `refused` (by the person) or `failed`.
 */
export async function finishInBrowser(callback: Callback, services: WebServices): Promise<BrowserAnswer> {
  const { state, code, error, remembered } = callback;
  const { oauthRequests } = services;
  const known = await oauthRequests.find(idOf(state));
  const isSameBrowser = remembered !== undefined && known?.browser === sha256(remembered);
  // A request from another browser must not consume the authorization.
  if (known?.returnTo === undefined || !isSameBrowser) return { kind: 'unknown' };
  const request = await oauthRequests.take(known.id);
  if (request === undefined) return { kind: 'unknown' };
  const redirect = (status: string): BrowserAnswer => {
    const location = new URL(known.returnTo ?? '');
    location.searchParams.set('connection', request.connection);
    location.searchParams.set('status', status);
    return { kind: 'redirect', location: location.href };
  };
  if (code === undefined) return redirect(error === 'access_denied' ? 'refused' : 'failed');
  try {
    await storeGrant(request, code, services);
    return redirect('connected');
  } catch (failure) {
    if (failure instanceof NamedError) return redirect('failed');
    throw failure;
  }
}
