import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BuildOptions } from 'esbuild';

/**
 * The credential providers for laptops and EC2 instances. In Lambda, the credentials of the function's role are in
 * environment variables, and the SDK reads these first. So Lambda never loads the other providers.
 */
const credentialSourcesOutsideLambda = [
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** Bundles a function as one minified ES module. It includes the SDK, so the tested SDK version is the deployed one. */
export const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // No source maps: Node would read them at every cold start. To get a map, build the bundle again from the same
  // commit and lock file.
  sourceMap: false,
  externalModules: credentialSourcesOutsideLambda,
} satisfies BundlingOptions;

/** The same bundling, as options of esbuild itself: for tests and benchmarks that bundle without the CDK. */
export const esbuildOptions = {
  bundle: true,
  platform: 'node',
  format: bundling.format,
  target: bundling.target,
  mainFields: bundling.mainFields,
  minify: bundling.minify,
  external: bundling.externalModules,
  logLevel: 'error',
} satisfies BuildOptions;
