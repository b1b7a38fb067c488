import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/**
 * Where the SDK looks for credentials on laptops and EC2 instances. Lambda gives a function its role's
 * credentials in the environment, which the SDK asks first, so these are never loaded there.
 */
const credentialSourcesOutsideLambda = [
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** How every function is bundled: one minified ES module with its own SDK, so that what was tested is what runs. */
export const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // Without source maps: Node would read them at every cold start. A bundle is made again, with its map, from
  // the same commit and lock file.
  sourceMap: false,
  externalModules: credentialSourcesOutsideLambda,
} satisfies BundlingOptions;
