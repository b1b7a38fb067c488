/** The environment variables of the management function, written once: construct and handler both take them from here. */
export const managementEnvironmentNames = [
  /** Name of the registry table. */
  'REGISTRY_TABLE_NAME',
  /** Name of the event log table. */
  'EVENT_LOG_TABLE_NAME',
  /** Days an event stays in the event log. A whole number. */
  'EVENT_RETENTION_DAYS',
  /** Name of the event bus. */
  'EVENT_BUS_NAME',
  /** The URLs of the dead-letter queues by name, as JSON: `{ "dispatcher": "https://…", "<consumer>": "https://…" }`. */
  'DEAD_LETTER_QUEUE_URLS',
  /** Id or ARN of the secret that holds the encryption key. */
  'ENCRYPTION_KEY_SECRET_ID',
  /** What the name of a connection's secret begins with; the connection's name follows: `<stack>/connections/`. */
  'CONNECTION_SECRET_PREFIX',
  /** Id or ARN of the secret with the OAuth app's credentials. */
  'OAUTH_APP_SECRET_ID',
  /** Where customers may be sent after they connected, with commas between; a comma alone for nowhere. */
  'OAUTH_RETURN_URLS',
  /** Where Asana reaches the receiver, without a slash at the end: `https://….amazonaws.com`. */
  'PUBLIC_BASE_URL',
  /** Where the function reaches Asana, without a slash at the end: `https://app.asana.com/api/1.0`. */
  'ASANA_BASE_URL',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The management function's environment: a missing or extra variable fails `tsc` on both sides. */
export type ManagementEnvironment = Readonly<Record<(typeof managementEnvironmentNames)[number], string>>;
