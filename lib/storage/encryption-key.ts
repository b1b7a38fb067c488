import type { RemovalPolicy } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface EncryptionKeyProps {
  /** What happens to the key when it is removed from the stack. Without it no stored hook secret can be opened. */
  readonly removalPolicy: RemovalPolicy;
}

/** The key that encrypts hook secrets: `{ "current": "1", "1": "<random>" }`, made by Secrets Manager. */
export class EncryptionKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description:
        'Encrypts the hook secrets of Asana webhooks. To rotate it, add a version and name it as current.',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ current: '1' }),
        generateStringKey: '1',
        // 64 letters and digits are more than the 256 bits that AES takes.
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A new version of this key only encrypts what is stored after it, and older versions must stay to open what they encrypted, so replacing it on a schedule protects nothing. It is rotated by adding a version.',
    });
  }

  /** Lets a function encryptSecret and open hook secrets. */
  grantUse(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secret.secretArn],
    });
  }
}
