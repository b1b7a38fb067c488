import { readEnvironment } from '../runtime/env.ts';
import { platform } from '../runtime/platform.ts';
import { exampleConsumerEnvironmentNames } from './env.ts';
import { createExampleConsumer } from './example-consumer.ts';

/** The entry point that Lambda calls. */
export const handler = createExampleConsumer(
  readEnvironment(exampleConsumerEnvironmentNames, process.env),
  platform,
);
