/** The environment variables of the OAuth function, written once: construct and handler both take them from here. */
export const oauthEnvironmentNames = [
  /** Name of the registry table, in which authorizations under way stand. */
  'REGISTRY_TABLE_NAME',
  /** What the name of a connection's secret begins with. */
  'CONNECTION_SECRET_PREFIX',
  /** Id or ARN of the secret with the OAuth app's credentials. */
  'OAUTH_APP_SECRET_ID',
  /** Where customers reach this endpoint, without a slash at the end: by https or not decides on the cookie. */
  'PUBLIC_BASE_URL',
  /** Where the function reaches Asana, without a slash at the end. */
  'ASANA_BASE_URL',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The OAuth function's environment: a missing or extra variable fails `tsc` on both sides. */
export type OAuthEnvironment = Readonly<Record<(typeof oauthEnvironmentNames)[number], string>>;
