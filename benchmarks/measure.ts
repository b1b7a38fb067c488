import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

// Measures one bundle: `node measure.ts <bundle> import|cpu`. The last line of its output is the result in ms.

type Handler = (event: APIGatewayProxyEventV2, context: object) => Promise<APIGatewayProxyStructuredResultV2>;

const [, , bundle = '', measure] = process.argv;
const importing = performance.now();
const { handler } = (await import(bundle)) as { handler: Handler };
const importedMs = performance.now() - importing;

console.log(`measured ${measure === 'import' ? importedMs : await cpuPerDelivery()}`);
process.exit();

async function cpuPerDelivery(): Promise<number> {
  const { hookKey, body, signature } = JSON.parse(process.env.BENCHMARK_REQUEST ?? '{}') as Record<
    string,
    string
  >;
  const deliveries = Number(process.env.BENCHMARK_DELIVERIES);
  const event = {
    headers: { 'x-hook-signature': signature, 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST' } },
    pathParameters: { hookKey },
    body,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
  const deliver = async (times: number) => {
    for (let index = 0; index < times; index += 1) {
      const { statusCode } = await handler(event, { getRemainingTimeInMillis: () => 10_000 });
      if (statusCode !== 200) throw new Error(`Expected status 200 for a delivery, got: ${statusCode}`);
    }
  };
  await deliver(deliveries / 5);
  const before = process.cpuUsage();
  await deliver(deliveries);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / deliveries;
}
