/** The environment variables of the example consumer, declared once for construct and handler. */
export const exampleConsumerEnvironmentNames = [
  /** Name of the table that stores the ids of handled events. */
  'HANDLED_EVENTS_TABLE_NAME',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The example consumer's environment: a missing or extra variable fails `tsc` on both sides. */
export type ExampleConsumerEnvironment = Readonly<
  Record<(typeof exampleConsumerEnvironmentNames)[number], string>
>;
