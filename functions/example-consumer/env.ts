/** The environment variables of the example consumer, written once: construct and handler both take them from here. */
export const exampleConsumerEnvironmentNames = [
  /** Name of the table that remembers which events were handled. */
  'HANDLED_EVENTS_TABLE_NAME',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
] as const;

/** The example consumer's environment: a missing or extra variable fails `tsc` on both sides. */
export type ExampleConsumerEnvironment = Readonly<
  Record<(typeof exampleConsumerEnvironmentNames)[number], string>
>;
