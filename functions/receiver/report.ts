import type { Hook } from '../../core/hook.ts';
import type { ReceiveOutcome } from '../../core/receiving/receive.ts';
import { type Facts, listOfIds, type Telemetry } from '../runtime/telemetry.ts';

/**
 * Counts the result of a request, and logs a refused request. An accepted request writes only one line, the line of its
 * counts, because logs are billed by size.
 *
 * Never log the hook key: anyone who knows it can send us requests.
 */
export function report(outcome: ReceiveOutcome, telemetry: Telemetry): void {
  switch (outcome.kind) {
    case 'handshake':
      telemetry.count('Handshakes');
      return;
    case 'delivery':
      telemetry.count('Deliveries');
      telemetry.count('EventsStored', outcome.eventIds.length);
      if (outcome.tooOld > 0) telemetry.count('EventsTooOld', outcome.tooOld);
      if (outcome.livenessLost) telemetry.count('LivenessLost');
      if (outcome.unreadable.length > 0) reportUnreadable(outcome, telemetry);
      telemetry.note({ ...identify(outcome.webhook), eventIds: listOfIds(outcome.eventIds) });
      return;
    case 'heartbeat':
      telemetry.count('Heartbeats');
      if (outcome.livenessLost) telemetry.count('LivenessLost');
      telemetry.note(identify(outcome.webhook));
      return;
    case 'unsigned-heartbeat':
      telemetry.count('UnsignedHeartbeats');
      telemetry.note(identify(outcome.webhook));
      return;
    case 'refused':
      telemetry.count('Refusals', 1, { reason: outcome.reason });
      telemetry.warn('refused', {
        reason: outcome.reason,
        detail: outcome.detail,
        ...(outcome.webhook && identify(outcome.webhook)),
      });
      return;
  }
}

/** Counts and logs the items of a delivery that are not events that can be stored. Each becomes a dead letter. */
function reportUnreadable(
  { webhook, unreadable }: Extract<ReceiveOutcome, { kind: 'delivery' }>,
  telemetry: Telemetry,
): void {
  telemetry.count('EventsUnreadable', unreadable.length);
  telemetry.warn('events cannot be read', {
    ...identify(webhook),
    count: unreadable.length,
    reasons: [...new Set(unreadable.map(({ reason }) => reason))].join(' '),
    eventIds: listOfIds(unreadable.map(({ eventId }) => eventId)),
  });
}

function identify({ subscription, webhookGid }: Hook): Facts {
  return { subscription, webhookGid };
}
