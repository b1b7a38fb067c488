import type { Deliveries } from './deliveries.ts';
import { AsanaFault } from './errors.ts';
import type { Faults } from './faults.ts';
import type { World } from './model.ts';
import { postTo, type TargetAnswer } from './post.ts';
import { newSecret } from './sign.ts';

/**
 * Sends the handshake of a webhook that is being created.
 *
 * @throws AsanaFault 400 if the target does not answer correctly.
 */
export async function shakeHands(
  world: World,
  faults: Faults,
  deliveries: Deliveries,
  webhook: { readonly gid: string; readonly target: string; readonly secret: string },
): Promise<void> {
  const { knobs, clock } = world;
  const fault = faults.take('handshake', () => true)?.kind;
  if (fault === 'skipped') return;
  const send = async (secret: string): Promise<TargetAnswer> => {
    const headers = { 'Content-Type': 'application/json', 'X-Hook-Secret': secret };
    const timeout = clock.timeout(knobs.answerTimeoutMs);
    const answer = await postTo(webhook.target, headers, knobs.handshakeBody, timeout);
    deliveries.log.push({
      at: clock.now().toISOString(),
      webhook: webhook.gid,
      kind: 'handshake',
      retry: 0,
      answer: answer.kind === 'answer' ? answer.status : answer.why,
      events: 0,
      body: knobs.handshakeBody,
      headers,
    });
    return answer;
  };

  const answer = fault === 'lost' ? ({ kind: 'none', why: 'lost' } as const) : await send(webhook.secret);
  if (fault === 'doubled') await send(webhook.secret);
  if (fault === 'doubled-with-another-secret') await send(newSecret(knobs.secretLength));
  if (fault === 'then-fail') throw new AsanaFault(500, 'Server Error');
  const refusal = refusalOf(answer, webhook.secret, knobs.acceptAnySuccess);
  if (refusal)
    throw new AsanaFault(400, `The remote server which is intended to receive the webhook ${refusal}`);
}

/** Returns Asana's message for a failed handshake. The message for a missing answer is a guess. */
function refusalOf(answer: TargetAnswer, secret: string, acceptAnySuccess: boolean): string | undefined {
  if (answer.kind === 'none') return 'did not respond in time';
  const isSuccess = acceptAnySuccess
    ? answer.status >= 200 && answer.status < 300
    : [200, 204].includes(answer.status);
  if (!isSuccess) return `responded with an incorrect status code: ${answer.status}`;
  return answer.headers['x-hook-secret'] === secret ? undefined : 'did not respond with the handshake secret';
}
