import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface DeadLetterQueueProps {
  /** What happens to the queue when it is removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** A queue for events that could not be delivered. It keeps a message for 14 days, the maximum of SQS. */
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
          'This is a dead-letter queue. An alarm reports its messages; people or redriveDeadLetters empty it.',
      },
      {
        id: 'Serverless-SQSRedrivePolicy',
        reason:
          'This is a dead-letter queue. An alarm reports its messages; people or redriveDeadLetters empty it.',
      },
    );
  }

  /** Allows a function to send messages to the queue. */
  grantSend(grantee: IGrantable): Grant {
    return this.grant(grantee, ['sqs:SendMessage']);
  }

  /** Allows a function to read and delete messages of the queue. */
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
