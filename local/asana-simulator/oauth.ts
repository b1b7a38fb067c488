import { createHash, randomBytes } from 'node:crypto';
import type { OAuthApp, OAuthGrant, User, World } from './model.ts';
import { newAccess } from './seed.ts';

/** An error in the form of RFC 6749, section 5.2. */
export class OAuthFault extends Error {
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, description: string) {
    super(description);
    this.status = status;
    this.error = error;
  }
}

const codeMs = 10 * 60_000;

type Parameters = Readonly<Record<string, string | undefined>>;

/**
 * Returns the address to which the browser is redirected: the app's address, with a code or with the reason why there
 * is no code. The user grants the request, unless the simulator is set to refuse.
 *
 * @throws OAuthFault if the app or its address is unknown, because then there is no address for a redirect.
 */
export function authorize(world: World, query: Parameters): string {
  const app = world.apps.get(query.client_id ?? '');
  if (app === undefined) throw new OAuthFault(400, 'invalid_client', 'There is no such app.');
  const redirectUri = query.redirect_uri ?? '';
  if (!isRegistered(app, redirectUri)) {
    throw new OAuthFault(400, 'invalid_request', 'The redirect_uri is not one of the app.');
  }
  const back = new URL(redirectUri);
  if (query.state !== undefined) back.searchParams.set('state', query.state);
  const problem = problemOf(world, app, query);
  if (problem !== undefined) {
    back.searchParams.set('error', problem);
    return back.href;
  }
  const code = `1/${randomBytes(16).toString('hex')}`;
  world.codes.set(code, {
    app,
    user: firstUser(world),
    redirectUri,
    challenge: query.code_challenge ?? null,
    scopes: app.scopes === null ? null : (query.scope ?? '').split(' '),
    expiresMs: world.clock.now().getTime() + codeMs,
  });
  back.searchParams.set('code', code);
  return back.href;
}

/** A loopback address may have any port (RFC 8252, section 7.3). */
function isRegistered({ redirectUris }: OAuthApp, redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  const withoutPort = (text: string) => text.replace(/^(http:\/\/(?:127\.0\.0\.1|localhost)):\d+/, '$1');
  return redirectUris.some((registered) => withoutPort(registered) === withoutPort(redirectUri));
}

function problemOf(world: World, app: OAuthApp, query: Parameters): string | undefined {
  if (query.response_type !== 'code') return 'unsupported_response_type';
  if (!query.state) return 'invalid_request';
  if (query.code_challenge !== undefined && query.code_challenge_method !== 'S256') return 'invalid_request';
  const asked = (query.scope ?? '').split(' ').filter((scope) => scope !== '');
  // An app has either full permissions and no scopes, or a list of scopes and only these scopes.
  if (app.scopes === null && asked.some((scope) => scope !== 'default')) return 'forbidden_scopes';
  if (app.scopes !== null && asked.length === 0) return 'invalid_scope';
  if (app.scopes !== null && asked.some((scope) => !app.scopes?.includes(scope))) return 'forbidden_scopes';
  return world.consent === 'refuse' ? 'access_denied' : undefined;
}

/** Exchanges a code or a refresh token. @throws OAuthFault */
export function exchange(world: World, form: Parameters): object {
  const app = authenticateApp(world, form);
  switch (form.grant_type) {
    case 'authorization_code':
      return exchangeCode(world, app, form);
    case 'refresh_token':
      return refresh(world, app, form.refresh_token ?? '');
    default:
      throw new OAuthFault(400, 'unsupported_grant_type', 'The grant_type is not supported.');
  }
}

/** Revokes the grant of a refresh token. An unknown refresh token is not an error. @throws OAuthFault */
export function revoke(world: World, form: Parameters): void {
  const app = authenticateApp(world, form);
  if (world.accesses.has(form.token ?? '')) {
    throw new OAuthFault(400, 'invalid_request', 'Bearer tokens cannot be revoked.');
  }
  const grant = world.grants.get(form.token ?? '');
  if (grant) revokeGrants(world, ({ user }) => user === grant.user, app);
}

/** Revokes every grant of an app that fits, and the bearer tokens of these grants. */
export function revokeGrants(world: World, fits: (grant: OAuthGrant) => boolean, app: OAuthApp): void {
  for (const grant of world.grants.values()) {
    if (grant.app !== app || !fits(grant)) continue;
    grant.isRevoked = true;
    for (const access of world.accesses.values()) {
      if (access.app === app.clientId && access.user === grant.user) access.refused = 'revoked';
    }
  }
}

function authenticateApp(world: World, form: Parameters): OAuthApp {
  const app = world.apps.get(form.client_id ?? '');
  if (app?.clientSecret === form.client_secret && app !== undefined) return app;
  throw new OAuthFault(401, 'invalid_client', 'The client_id or client_secret is wrong.');
}

function exchangeCode(world: World, app: OAuthApp, form: Parameters): object {
  const code = world.codes.get(form.code ?? '');
  // A code works only once, even if the exchange fails.
  world.codes.delete(form.code ?? '');
  const isValid =
    code?.app === app &&
    code.redirectUri === form.redirect_uri &&
    code.expiresMs > world.clock.now().getTime() &&
    (code.challenge === null || code.challenge === challengeOf(form.code_verifier ?? ''));
  if (!code || !isValid) throw new OAuthFault(400, 'invalid_grant', 'The code given was invalid.');
  const { user, scopes } = code;
  const refreshToken = newRefreshToken(world, { app, user, scopes });
  return { ...bearerFor(world, { app, user, scopes }), refresh_token: refreshToken };
}

function refresh(world: World, app: OAuthApp, token: string): object {
  const grant = world.grants.get(token);
  if (grant?.app !== app || grant.isRevoked) {
    throw new OAuthFault(400, 'invalid_grant', 'The refresh token is invalid or was revoked.');
  }
  // The first use of a new refresh token invalidates the old token.
  for (const [old, { successor }] of world.grants) if (successor === token) world.grants.delete(old);
  const bearer = bearerFor(world, grant);
  if (!world.knobs.rotateRefreshTokens) return bearer;
  grant.successor = newRefreshToken(world, grant);
  return { ...bearer, refresh_token: grant.successor };
}

function newRefreshToken(
  world: World,
  { app, user, scopes }: Pick<OAuthGrant, 'app' | 'user' | 'scopes'>,
): string {
  const token = `1/${user.gid}:${randomBytes(16).toString('hex')}`;
  world.grants.set(token, { app, user, scopes, isRevoked: false, successor: null });
  return token;
}

function bearerFor(world: World, { app, user, scopes }: Pick<OAuthGrant, 'app' | 'user' | 'scopes'>): object {
  const { accessTokenMs } = world.knobs;
  const expiresMs = world.clock.now().getTime() + accessTokenMs;
  const { token } = newAccess(world, user, undefined, app.clientId, { expiresMs, scopes });
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: Math.floor(accessTokenMs / 1_000),
    data: { id: user.gid, gid: user.gid, name: user.name, email: user.email },
  };
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function firstUser(world: World): User {
  for (const resource of world.resources.values()) if (resource.resource_type === 'user') return resource;
  throw new OAuthFault(400, 'invalid_request', 'The simulator has no user. Seed the simulator first.');
}
