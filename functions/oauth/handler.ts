import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createAuthorizationServer } from '../../adapters/asana/authorization-server.ts';
import { createConnectionStore } from '../../adapters/aws/connection-store.ts';
import { createOAuthApp } from '../../adapters/aws/oauth-app.ts';
import { createOAuthRequests } from '../../adapters/aws/oauth-requests.ts';
import {
  type BrowserAnswer,
  finishInBrowser,
  startInBrowser,
  type WebServices,
} from '../../core/connections/browser-oauth.ts';
import { readEnvironment } from '../runtime/env.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import { oauthEnvironmentNames } from './env.ts';

const stateForm = /^[A-Za-z0-9_-]{43}$/;

const telemetry = createTelemetry();
const { services, isSecure } = createServices();

/** The name of the cookie. `__Host-` binds it to this host, and takes https (RFC 6265bis, section 4.1.3). */
const cookieName = isSecure ? '__Host-asana-oauth' : 'asana-oauth';

/** Answers a customer's browser at `GET /oauth/start` and `GET /oauth/callback`. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  telemetry.correlate(event.requestContext.requestId);
  try {
    return respond(await take(event));
  } catch (error) {
    telemetry.error('unexpected failure', originOf(error));
    return page(500, 'Something went wrong. Please begin again.');
  } finally {
    telemetry.flush();
  }
}

async function take(event: APIGatewayProxyEventV2): Promise<BrowserAnswer> {
  const { state = '', code, error } = event.queryStringParameters ?? {};
  if (!stateForm.test(state)) return { kind: 'unknown' };
  if (event.rawPath.endsWith('/oauth/start')) return startInBrowser(state, services);
  const answer = await finishInBrowser({ state, code, error, remembered: cookieOf(event) }, services);
  telemetry.count('Authorizations', 1, { result: resultOf(answer) });
  return answer;
}

function resultOf(answer: BrowserAnswer): string {
  return answer.kind === 'redirect'
    ? (new URL(answer.location).searchParams.get('status') ?? 'unknown')
    : 'unknown';
}

function cookieOf({ cookies = [] }: APIGatewayProxyEventV2): string | undefined {
  const prefix = `${cookieName}=`;
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}

function respond(answer: BrowserAnswer): APIGatewayProxyStructuredResultV2 {
  if (answer.kind === 'unknown') {
    return page(
      404,
      'This link was used already, is too old, or was opened in another browser. Please begin again.',
    );
  }
  const { location, remember } = answer;
  const attributes = `Path=/; Max-Age=${remember === undefined ? 0 : 600}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    statusCode: 302,
    headers: { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
    cookies: [`${cookieName}=${remember ?? ''}; ${attributes}`],
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

function createServices(): { readonly services: WebServices; readonly isSecure: boolean } {
  const env = readEnvironment(oauthEnvironmentNames, process.env);
  const now = () => new Date();
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
  const secrets = new SecretsManagerClient({ requestHandler });
  const app = createOAuthApp(secrets, env.OAUTH_APP_SECRET_ID);
  return {
    isSecure: env.PUBLIC_BASE_URL.startsWith('https:'),
    services: {
      connections: createConnectionStore(secrets, env.CONNECTION_SECRET_PREFIX),
      authorization: createAuthorizationServer({ baseUrl: env.ASANA_BASE_URL, app, fetch, now }),
      oauthRequests: createOAuthRequests(new DynamoDBClient({ requestHandler }), env.REGISTRY_TABLE_NAME),
      now,
    },
  };
}
