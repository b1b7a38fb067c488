import { type Duration, Stack } from 'aws-cdk-lib';
import { type Archive, EventBus, Match } from 'aws-cdk-lib/aws-events';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import * as z from 'zod';
import { busEvent } from '../../contract/events/bus-event.ts';
import { eventSource } from '../../contract/events/source.ts';

export interface BusProps {
  /** How long the archive keeps an event; no archive where it is absent. */
  readonly archiveRetention?: Duration;
  /** Whether the schema of the events is put into a schema registry. */
  readonly schemaRegistry: boolean;
}

/** The event bus that carries each event once to whoever subscribes. */
export class Bus extends Construct {
  readonly eventBus: EventBus;
  /** EventBridge's own archive, from which it can replay by time. */
  readonly archive?: Archive;
  /** The schema of the events, for discovery and code bindings. */
  readonly schema?: CfnSchema;

  constructor(scope: Construct, id: string, props: BusProps) {
    super(scope, id);
    this.eventBus = new EventBus(this, 'EventBus', {
      description: 'Events of Asana, each once',
    });
    if (props.archiveRetention) {
      this.archive = this.eventBus.archive('Archive', {
        description: 'Events of Asana, without what was sent again',
        eventPattern: {
          source: Match.exactString(eventSource),
          // The replay's id and not the replay: for EventBridge only a leaf exists.
          detail: { replay: { id: Match.doesNotExist() }, consumer: Match.doesNotExist() },
        },
        retention: props.archiveRetention,
      });
    }
    if (props.schemaRegistry) this.schema = this.createSchema();
  }

  /** Lets a function put events on the bus. */
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
      description: 'Events of Asana on the bus',
    });
    return new CfnSchema(this, 'Schema', {
      registryName: registry.attrRegistryName,
      schemaName: 'asana.webhooks@AsanaEvent',
      type: 'JSONSchemaDraft4',
      description: 'An event of Asana as consumers of the bus get it',
      content: JSON.stringify(z.toJSONSchema(busEvent, { target: 'draft-04' })),
    });
  }
}
