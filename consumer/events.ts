// The types and schemas for consumers of the bus: `import { … } from 'asana-webhooks-aws/events'`.
export {
  type Action,
  type AddedEvent,
  type AsanaEvent,
  actions,
  asanaEvent,
  type Change,
  type ChangedEvent,
  change,
  type DeletedEvent,
  isKnown,
  type KnownEvent,
  knownEvent,
  type RemovedEvent,
  type Resource,
  type ResourceType,
  resource,
  resourceTypes,
  type UndeletedEvent,
} from '../contract/events/asana-event.ts';
export {
  type BusDetail,
  type BusEvent,
  busDetail,
  busEvent,
  parseBusEvent,
} from '../contract/events/bus-event.ts';
