/** The environment variables of the receiver, declared once for construct and handler. */
export const receiverEnvironmentNames = [
  /** Name of the registry table. */
  'REGISTRY_TABLE_NAME',
  /** Name of the event log table. */
  'EVENT_LOG_TABLE_NAME',
  /** How many days the event log keeps an event. The receiver does not store an older event. A whole number. */
  'EVENT_RETENTION_DAYS',
  /** Id or ARN of the secret that holds the encryption key. */
  'ENCRYPTION_KEY_SECRET_ID',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The receiver's environment: a missing or extra variable fails `tsc` on both sides. */
export type ReceiverEnvironment = Readonly<Record<(typeof receiverEnvironmentNames)[number], string>>;
