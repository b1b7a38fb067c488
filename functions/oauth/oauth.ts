import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createAuthorizationServer } from '../../adapters/asana/authorization-server.ts';
import { createTokenClient } from '../../adapters/asana/client.ts';
import { briefRetryPolicy } from '../../adapters/asana/retry.ts';
import { createConnectionStore } from '../../adapters/aws/connection-store.ts';
import { createOAuthApp } from '../../adapters/aws/oauth-app.ts';
import { createOAuthRequests } from '../../adapters/aws/oauth-requests.ts';
import { openRegistryTable } from '../../adapters/aws/registry-table.ts';
import {
  type BrowserAnswer,
  finishInBrowser,
  startInBrowser,
  type WebServices,
} from '../../core/connections/browser-oauth.ts';
import { timeOf } from '../../core/time-budget.ts';
import { clientConfig, type Platform } from '../runtime/platform.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import type { OAuthEnvironment } from './env.ts';

const stateForm = /^[A-Za-z0-9_-]{43}$/;

/** Returns the handler that answers a customer's browser at `GET /oauth/start` and `GET /oauth/callback`. */
export function createOAuth(env: OAuthEnvironment, platform: Platform) {
  const telemetry = createTelemetry(env);
  const services = createServices(env, platform);
  const cookie = cookieFor(env.PUBLIC_BASE_URL);

  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    telemetry.correlate(event.requestContext.requestId);
    try {
      return respond(await take(event), cookie);
    } catch (error) {
      telemetry.error('unexpected failure', originOf(error));
      return page(500, 'Something went wrong. Please start again.');
    } finally {
      telemetry.flush();
    }
  };

  async function take(event: APIGatewayProxyEventV2): Promise<BrowserAnswer> {
    const { state = '', code, error } = event.queryStringParameters ?? {};
    if (!stateForm.test(state)) return { kind: 'unknown' };
    if (event.rawPath.endsWith('/oauth/start')) return startInBrowser(state, services);
    const remembered = cookieValue(cookie, event);
    const answer = await finishInBrowser({ state, code, error, remembered }, services);
    telemetry.count('Authorizations', 1, { result: resultOf(answer) });
    return answer;
  }
}

function resultOf(answer: BrowserAnswer): string {
  return answer.kind === 'redirect'
    ? (new URL(answer.location).searchParams.get('status') ?? 'unknown')
    : 'unknown';
}

/** The cookie that identifies the browser that started an authorization. */
interface Cookie {
  readonly name: string;
  readonly attributes: string;
}

/** The prefix `__Host-` binds the cookie to this host. It requires https (RFC 6265bis, section 4.1.3). */
function cookieFor(publicBaseUrl: string): Cookie {
  const isSecure = publicBaseUrl.startsWith('https:');
  return {
    name: isSecure ? '__Host-asana-oauth' : 'asana-oauth',
    attributes: `HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
  };
}

function cookieValue({ name }: Cookie, { cookies = [] }: APIGatewayProxyEventV2): string | undefined {
  const prefix = `${name}=`;
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}

function respond(answer: BrowserAnswer, cookie: Cookie): APIGatewayProxyStructuredResultV2 {
  if (answer.kind === 'unknown') {
    return page(
      404,
      'This link has expired, was already used, or was opened in another browser. Please start again.',
    );
  }
  const { location, remember } = answer;
  const lifetime = `Path=/; Max-Age=${remember === undefined ? 0 : 600}`;
  return {
    statusCode: 302,
    headers: { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
    cookies: [`${cookie.name}=${remember ?? ''}; ${lifetime}; ${cookie.attributes}`],
    body: '',
  };
}

function page(statusCode: number, text: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
    body: `${text}\n`,
  };
}

/** Creates the clients once per container. */
function createServices(env: OAuthEnvironment, platform: Platform): WebServices {
  const { now, fetch, timeout } = platform;
  const secrets = new SecretsManagerClient(clientConfig(platform, 'secretsManager'));
  const dynamodb = new DynamoDBClient(clientConfig(platform, 'dynamodb'));
  const app = createOAuthApp(secrets, env.OAUTH_APP_SECRET_ID);
  const baseUrl = env.ASANA_BASE_URL;
  const policy = briefRetryPolicy;
  return {
    connections: createConnectionStore(secrets, env.CONNECTION_SECRET_PREFIX),
    authorization: createAuthorizationServer({ baseUrl, app, fetch, now, timeout }),
    asanaOf: (token) =>
      createTokenClient(token, { baseUrl, policy, time: timeOf(policy.budgetMs, now), ...platform }),
    oauthRequests: createOAuthRequests(
      openRegistryTable(dynamodb, { tableName: env.REGISTRY_TABLE_NAME, now }),
    ),
    now,
  };
}
