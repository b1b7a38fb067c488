import { type Duration, Stack } from 'aws-cdk-lib';
import { type Archive, EventBus, Match } from 'aws-cdk-lib/aws-events';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import * as z from 'zod';
import { busEvent } from '../../contract/events/bus-event.ts';
import { eventSource } from '../../contract/events/source.ts';

export interface BusProps {
  /** How long the archive keeps an event. If it is absent, there is no archive. */
  readonly archiveRetention?: Duration;
  /** Whether to publish the schema of the events to a schema registry. */
  readonly schemaRegistry: boolean;
}

/** The event bus that delivers each event once to its consumers. */
export class Bus extends Construct {
  readonly eventBus: EventBus;
  /** The EventBridge archive. EventBridge can replay a time range from it. */
  readonly archive?: Archive;
  /** The schema of the events, for discovery and code bindings. */
  readonly schema?: CfnSchema;

  constructor(scope: Construct, id: string, props: BusProps) {
    super(scope, id);
    this.eventBus = new EventBus(this, 'EventBus', {
      description: 'Events from Asana webhooks',
    });
    if (props.archiveRetention) {
      this.archive = this.eventBus.archive('Archive', {
        description: 'Events from Asana webhooks, without replayed and redriven events',
        eventPattern: {
          source: Match.exactString(eventSource),
          // Test `replay.id`, not `replay`: EventBridge's exists filter works on leaf fields only.
          detail: { replay: { id: Match.doesNotExist() }, consumer: Match.doesNotExist() },
        },
        retention: props.archiveRetention,
      });
    }
    if (props.schemaRegistry) this.schema = this.createSchema();
  }

  /** Allows a function to put events on the bus. */
  grantPut(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.eventBus.eventBusArn],
    });
  }

  private createSchema(): CfnSchema {
    const registry = new CfnRegistry(this, 'SchemaRegistry', {
      registryName: `${Stack.of(this).stackName}-events`,
      description: 'Schemas of the events on the bus',
    });
    return new CfnSchema(this, 'Schema', {
      registryName: registry.attrRegistryName,
      schemaName: 'asana.webhooks@AsanaEvent',
      type: 'JSONSchemaDraft4',
      description: 'An Asana event as consumers of the bus receive it',
      content: JSON.stringify(z.toJSONSchema(busEvent, { target: 'draft-04' })),
    });
  }
}
