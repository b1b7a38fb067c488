import {
  type ArnComponents,
  ArnFormat,
  type RemovalPolicy,
  SecretValue,
  Stack,
  Token,
  Validations,
} from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface ConnectionsProps {
  /** What happens to the secrets of this construct when they are removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** The tokens of Asana accounts, one secret for each account: `<stack>/connections/<name>`. */
export class Connections extends Construct {
  /** The prefix of the name of every connection's secret. */
  readonly secretPrefix: string;
  /** The secret `<stack>/oauth-app`. It is empty until its owner stores the credentials of the OAuth app. */
  readonly oauthAppSecret: Secret;
  /** The secret of the connection `default`. It is empty until its owner stores a token. */
  readonly defaultSecret: Secret;

  constructor(scope: Construct, id: string, props: ConnectionsProps) {
    super(scope, id);
    this.secretPrefix = `${Stack.of(this).stackName}/connections/`;
    this.defaultSecret = new Secret(this, 'Default', {
      secretName: `${this.secretPrefix}default`,
      description: 'The Asana token of the connection "default": { "personalAccessToken": "…" }',
      // The initial value holds no secret. CloudFormation writes it once and never overwrites the value of the owner.
      secretStringValue: SecretValue.unsafePlainText('{}'),
      removalPolicy: props.removalPolicy,
    });
    this.oauthAppSecret = new Secret(this, 'OAuthApp', {
      secretName: `${Stack.of(this).stackName}/oauth-app`,
      description: 'The credentials of your Asana app for OAuth2: { "clientId": "…", "clientSecret": "…" }',
      secretStringValue: SecretValue.unsafePlainText('{}'),
      removalPolicy: props.removalPolicy,
    });
    for (const secret of [this.defaultSecret, this.oauthAppSecret]) {
      Validations.of(secret).acknowledge({
        id: 'AwsSolutions-SMG4',
        reason:
          "Asana has no API to rotate a personal access token or an app's client secret. The owner creates a new one in Asana and replaces the value of this secret.",
      });
    }
  }

  /** Allows a function to list, read, write, create and delete the secrets of the connections of this stack. */
  grantManage(grantee: IGrantable): Grant {
    const grant = (actions: string[], resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee, actions, resourceArns });
    return grant(
      // A refresh puts a new version and then moves AWSCURRENT to it, so that a refresh overwrites nothing.
      ['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage', 'CreateSecret', 'DeleteSecret'].map(
        (name) => `secretsmanager:${name}`,
      ),
      [this.secretArnPattern()],
    )
      .combine(grant(['secretsmanager:GetSecretValue'], [this.oauthAppSecret.secretArn]))
      .combine(grant(['secretsmanager:ListSecrets'], ['*']));
  }

  /** Allows the OAuth function to store the tokens of a customer, in a new or an existing connection. */
  grantWrite(grantee: IGrantable): Grant {
    const actions = ['secretsmanager:PutSecretValue', 'secretsmanager:CreateSecret'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.secretArnPattern()] }).combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['secretsmanager:GetSecretValue'],
        resourceArns: [this.oauthAppSecret.secretArn],
      }),
    );
  }

  /** Allows the grantee to store the token of the connection `default`, but not to read it. */
  grantPutDefault(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:PutSecretValue'],
      resourceArns: [this.defaultSecret.secretArn],
    });
  }

  /** The pattern as cdk-nag prints it in a finding: values known only at deployment are in angle brackets. */
  get secretArnPatternForNag(): string {
    const tokens = { partition: '<AWS::Partition>', region: '<AWS::Region>', account: '<AWS::AccountId>' };
    const { region, account } = Stack.of(this);
    return this.secretArnPattern({
      ...tokens,
      ...(!Token.isUnresolved(region) && { region }),
      ...(!Token.isUnresolved(account) && { account }),
    });
  }

  private secretArnPattern(where: Partial<ArnComponents> = {}): string {
    return Stack.of(this).formatArn({
      ...where,
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${this.secretPrefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
