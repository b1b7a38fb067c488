/** The environment variables of the dispatcher, declared once for construct and handler. */
export const dispatcherEnvironmentNames = [
  /** Name of the event bus. */
  'EVENT_BUS_NAME',
  /** URL of the queue for events that can never be put on the bus. */
  'DEAD_LETTER_QUEUE_URL',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The dispatcher's environment: a missing or extra variable fails `tsc` on both sides. */
export type DispatcherEnvironment = Readonly<Record<(typeof dispatcherEnvironmentNames)[number], string>>;
