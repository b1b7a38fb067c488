/** The environment variables of the management function, declared once for construct and handler. */
export const managementEnvironmentNames = [
  /** Name of the registry table. */
  'REGISTRY_TABLE_NAME',
  /** Name of the event log table. */
  'EVENT_LOG_TABLE_NAME',
  /** How many days the event log keeps an event. A whole number. */
  'EVENT_RETENTION_DAYS',
  /** Name of the event bus. */
  'EVENT_BUS_NAME',
  /** The URLs of the dead-letter queues by name, as JSON: `{ "dispatcher": "https://…", "<consumer>": "https://…" }`. */
  'DEAD_LETTER_QUEUE_URLS',
  /** Id or ARN of the secret that holds the encryption key. */
  'ENCRYPTION_KEY_SECRET_ID',
  /** The prefix of the names of the connections' secrets: `<stack>/connections/`. The connection's name follows. */
  'CONNECTION_SECRET_PREFIX',
  /** Id or ARN of the secret with the OAuth app's credentials. */
  'OAUTH_APP_SECRET_ID',
  /** The addresses to which customers may be redirected after they connect, separated by commas. A lone comma: none. */
  'OAUTH_RETURN_URLS',
  /** The URL at which Asana reaches the receiver, without a trailing slash: `https://….amazonaws.com`. */
  'PUBLIC_BASE_URL',
  /** The base URL of Asana's API, without a trailing slash: `https://app.asana.com/api/1.0`. */
  'ASANA_BASE_URL',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The management function's environment: a missing or extra variable fails `tsc` on both sides. */
export type ManagementEnvironment = Readonly<Record<(typeof managementEnvironmentNames)[number], string>>;
