import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { AsanaWebhooksStack } from '../../lib/asana-webhooks-stack.ts';
import { addNag } from '../../lib/nag.ts';
import { unbundledApp } from './template.ts';

describe('cdk-nag', () => {
  it.each([
    ['in any account and region', undefined],
    ['in one region of one account', { region: 'eu-central-1', account: '000000000000' }],
  ])('finds nothing in a stack deployed %s', (_, env) => {
    const app = unbundledApp();
    new AsanaWebhooksStack(app, 'AsanaWebhooks', {
      env,
      exampleConsumer: true,
      webhooks: { oauthReturnUrls: ['https://product.example.com'] },
    });
    addNag(app);
    expect(() => app.synth()).not.toThrow();
  });

  it('fails the synthesis for a finding that is not acknowledged', () => {
    const app = unbundledApp();
    const stack = new AsanaWebhooksStack(app, 'AsanaWebhooks');
    new Bucket(stack, 'Open');
    addNag(app);
    expect(() => app.synth()).toThrow('AwsSolutions-S1');
  });
});
