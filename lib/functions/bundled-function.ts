import { join } from 'node:path';
import { type Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundling } from './bundling.ts';

/** The options that all functions share. */
export interface FunctionProps {
  /** How long the function's logs are kept. */
  readonly logRetention: RetentionDays;
  /** What happens to the function's log group when it is removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

export interface BundledFunctionProps<Environment> extends FunctionProps {
  /** The name of the folder under `functions/`. */
  readonly name: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly environment: Environment;
}

const root = join(import.meta.dirname, '../..');

/** A Lambda function with its own role, log group and environment. */
export class BundledFunction<Environment extends Readonly<Record<string, string>>> extends Construct {
  readonly function: NodejsFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps<Environment>) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    // The AWS managed policy allows every log group of the account. This role may write to its own log group only.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    this.function = new NodejsFunction(this, 'Function', {
      entry: join(root, 'functions', props.name, 'handler.ts'),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySize,
      role,
      logGroup: this.logGroup,
      // The functions log JSON. Lambda's JSON format would wrap it again and break the embedded metrics.
      loggingFormat: LoggingFormat.TEXT,
      environment: { ...props.environment },
      bundling,
    });
    acknowledge(this.function);
  }
}

function acknowledge(fn: NodejsFunction): void {
  Validations.of(fn).acknowledge(
    {
      id: 'Serverless-LambdaDLQ',
      reason:
        'A dead-letter queue holds failed asynchronous invocations. API Gateway and the callers of the management function invoke synchronously: the caller receives the error, and Asana retries its requests.',
    },
    {
      id: 'Serverless-LambdaTracing',
      reason:
        'A request runs one function with one or two AWS calls, which metrics and logs already show. Tracing would make the cold start longer and every delivery more expensive.',
    },
  );
}
