import { createHmac, timingSafeEqual } from 'node:crypto';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

// The minimal receiver: verify the signature of the body, write the same rows in one call, and nothing else.

const client = new DynamoDBClient();
const { secret } = JSON.parse(process.env.BENCHMARK_REQUEST ?? '{}') as { secret: string };

export async function handler({ body = '', headers }: APIGatewayProxyEventV2) {
  const expected = createHmac('sha256', secret).update(body).digest();
  if (!timingSafeEqual(expected, Buffer.from(headers['x-hook-signature'] ?? '', 'hex')))
    return { statusCode: 401 };
  const { events } = JSON.parse(body) as { events: { resource: { gid: string }; created_at: string }[] };
  const puts = events.map((event) => ({
    PutRequest: {
      Item: {
        subscription: { S: 'sub_benchmark' },
        sortKey: { S: `${event.created_at}#${event.resource.gid}` },
        eventId: { S: 'pKiv9vJg8eS-1IarzLoQc1jZ1HK2zuPtOTgCdj8BTxA' },
        webhookGid: { S: '77' },
        connection: { S: 'default' },
        watched: { S: '1' },
        event: { S: JSON.stringify(event) },
        expiresAt: { N: '1800000000' },
      },
    },
  }));
  await client.send(new BatchWriteItemCommand({ RequestItems: { 'event-log': puts } }));
  return { statusCode: 200 };
}
