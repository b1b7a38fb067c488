import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ReceiveOutcome } from '../../core/receiving/receive.ts';
import { statusOf } from '../../core/receiving/refusal.ts';

/**
 * Returns the HTTP answer for an outcome. The body of a refusal contains its reason. Asana stores the body as
 * `last_failure_content`, where the webhook's owner can read it.
 */
export function respond(outcome: ReceiveOutcome): APIGatewayProxyStructuredResultV2 {
  switch (outcome.kind) {
    case 'handshake':
      return { statusCode: 200, headers: { 'X-Hook-Secret': outcome.secret }, body: '' };
    case 'delivery':
    case 'heartbeat':
    case 'unsigned-heartbeat':
      return { statusCode: 200, body: '' };
    case 'refused':
      return refuse(statusOf(outcome.reason), outcome.reason);
  }
}

/** Returns a refusal with its reason in the body. */
export function refuse(statusCode: number, reason: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'Content-Type': 'application/json', ...(statusCode === 405 && { Allow: 'POST' }) },
    body: JSON.stringify({ error: reason }),
  };
}
