import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface DeadLetterQueueProps {
  /** What happens to the queue when it is removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** A queue for what could not be delivered. It keeps a message as long as SQS can, 14 days. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this.queue).acknowledge(
      {
        id: 'AwsSolutions-SQS3',
        reason:
          'This is a dead-letter queue: people and redriveDeadLetters empty it, and an alarm tells of it.',
      },
      {
        id: 'Serverless-SQSRedrivePolicy',
        reason:
          'This is a dead-letter queue: people and redriveDeadLetters empty it, and an alarm tells of it.',
      },
    );
  }

  /** Lets a function put messages in. */
  grantSend(grantee: IGrantable): Grant {
    return this.grant(grantee, ['sqs:SendMessage']);
  }

  /** Lets a function look at the messages, and take them out. */
  grantRedrive(grantee: IGrantable): Grant {
    return this.grant(grantee, [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ]);
  }

  private grant(grantee: IGrantable, actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.queue.queueArn] });
  }
}
