import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventSource } from '../../contract/events/source.ts';
import type { BusEntry } from '../../core/publishing/bus-entry.ts';
import type { BusFailure, EventBus } from '../../core/publishing/ports.ts';

/**
 * The error codes of an invalid entry or request, which the bus refuses again on every retry (EventBridge API
 * reference, PutEventsResultEntry and common errors). All other errors may be temporary: a throttled or failing bus,
 * and also a missing permission, which an operator can add. EventBridge reports no error if the bus does not exist
 * (aws/aws-sdk issue 186).
 */
const permanentCodes = new Set([
  'InvalidArgument',
  'InvalidArgumentException',
  'MalformedDetail',
  'MalformedDetailException',
  'ValidationError',
  'ValidationException',
]);

/** An EventBridge bus. */
export function createEventBus(client: EventBridgeClient, busName: string): EventBus {
  async function put(entries: readonly BusEntry[]): Promise<readonly (BusFailure | undefined)[]> {
    try {
      const { FailedEntryCount, Entries = [] } = await client.send(
        new PutEventsCommand({ Entries: entries.map((entry) => toRequestEntry(entry, busName)) }),
      );
      if (!FailedEntryCount) return entries.map(() => undefined);
      // The answer has an item for each entry, in the order of the request.
      return entries.map((_, index) => failureOf(Entries[index]));
    } catch (error) {
      const failure = failureNamed(error instanceof Error ? error.name : 'unknown');
      if (!failure.isPermanent) return entries.map(() => failure);
      if (entries.length === 1) return [failure];
      // EventBridge refuses the whole request for one invalid entry. Sent one by one, only that entry is refused.
      const alone: (BusFailure | undefined)[] = [];
      for (const entry of entries) alone.push(...(await put([entry])));
      return alone;
    }
  }
  return { put };
}

function toRequestEntry({ detailType, time, detail }: BusEntry, busName: string) {
  return { EventBusName: busName, Source: eventSource, DetailType: detailType, Time: time, Detail: detail };
}

function failureOf(
  result: { readonly EventId?: string; readonly ErrorCode?: string } | undefined,
): BusFailure | undefined {
  if (result?.ErrorCode !== undefined) return failureNamed(result.ErrorCode);
  return result?.EventId === undefined ? failureNamed('NoAnswer') : undefined;
}

function failureNamed(cause: string): BusFailure {
  return { cause, isPermanent: permanentCodes.has(cause) };
}
