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
  /** What happens to the default connection's secret when it is removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** The tokens of Asana accounts, one secret each: `<stack>/connections/<name>`. */
export class Connections extends Construct {
  /** What the name of every connection's secret begins with. */
  readonly secretPrefix: string;
  /** The secret of the OAuth app, `<stack>/oauth-app`, empty until its owner puts the app's credentials into it. */
  readonly oauthAppSecret: Secret;
  /** The secret of the connection `default`, empty until its owner puts a token into it. */
  readonly defaultSecret: Secret;

  constructor(scope: Construct, id: string, props: ConnectionsProps) {
    super(scope, id);
    this.secretPrefix = `${Stack.of(this).stackName}/connections/`;
    this.defaultSecret = new Secret(this, 'Default', {
      secretName: `${this.secretPrefix}default`,
      description: 'The Asana token of the connection "default": { "personalAccessToken": "…" }',
      // Holds no secret. CloudFormation writes it once and leaves alone what its owner puts there.
      secretStringValue: SecretValue.unsafePlainText('{}'),
      removalPolicy: props.removalPolicy,
    });
    this.oauthAppSecret = new Secret(this, 'OAuthApp', {
      secretName: `${Stack.of(this).stackName}/oauth-app`,
      description: 'Your app in Asana, for OAuth2: { "clientId": "…", "clientSecret": "…" }',
      secretStringValue: SecretValue.unsafePlainText('{}'),
      removalPolicy: props.removalPolicy,
    });
    for (const secret of [this.defaultSecret, this.oauthAppSecret]) {
      Validations.of(secret).acknowledge({
        id: 'AwsSolutions-SMG4',
        reason:
          "Asana has no way to rotate a personal access token or an app's secret by program: its owner makes a new one in Asana and replaces this secret's value.",
      });
    }
  }

  /** Lets a function keep the connections of this stack: list, read, write, make and remove their secrets. */
  grantManage(grantee: IGrantable): Grant {
    const grant = (actions: string[], resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee, actions, resourceArns });
    return grant(
      ['GetSecretValue', 'PutSecretValue', 'CreateSecret', 'DeleteSecret'].map(
        (name) => `secretsmanager:${name}`,
      ),
      [this.secretArnPattern()],
    )
      .combine(grant(['secretsmanager:GetSecretValue'], [this.oauthAppSecret.secretArn]))
      .combine(grant(['secretsmanager:ListSecrets'], ['*']));
  }

  /** Lets the OAuth function store what a customer has granted, in a connection that may be new. */
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

  /** Lets somebody put the token of the connection `default` in place, without reading it. */
  grantPutDefault(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:PutSecretValue'],
      resourceArns: [this.defaultSecret.secretArn],
    });
  }

  /** The pattern as cdk-nag names it in a finding: what is known only at deployment stands in angle brackets. */
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
