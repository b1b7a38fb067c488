/** The environment variables of the OAuth function, declared once for construct and handler. */
export const oauthEnvironmentNames = [
  /** Name of the registry table, which stores pending authorizations. */
  'REGISTRY_TABLE_NAME',
  /** The prefix of the names of the connections' secrets. */
  'CONNECTION_SECRET_PREFIX',
  /** Id or ARN of the secret with the OAuth app's credentials. */
  'OAUTH_APP_SECRET_ID',
  /** The URL at which customers reach this endpoint, without a trailing slash. With https, the cookie is secure. */
  'PUBLIC_BASE_URL',
  /** The base URL of Asana's API, without a trailing slash. */
  'ASANA_BASE_URL',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The OAuth function's environment: a missing or extra variable fails `tsc` on both sides. */
export type OAuthEnvironment = Readonly<Record<(typeof oauthEnvironmentNames)[number], string>>;
