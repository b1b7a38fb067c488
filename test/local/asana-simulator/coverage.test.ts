import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverage } from '../../../local/asana-simulator/coverage.ts';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('the coverage list of the simulator', () => {
  const toOpenApi = (endpoint: string) => endpoint.replaceAll(/:(\w+)/g, '{$1}');

  it('names every route, and no endpoint without a route', () => {
    const declared = coverage.filter(({ extent }) => extent !== 'none').map(({ endpoint }) => endpoint);
    expect([...new Set(world.simulator.endpoints.map(toOpenApi))].sort()).toEqual(declared.sort());
  });

  it('has the extent none only for endpoints that do not exist', async () => {
    for (const { endpoint } of coverage.filter(({ extent }) => extent === 'none')) {
      const [method = '', path = ''] = endpoint.split(' ');
      const data = method === 'GET' ? undefined : {};
      expect((await world.call(method, path.replace('{gid}', world.seeded.workspace), data)).status).toBe(
        404,
      );
      expect(world.simulator.endpoints.map(toOpenApi)).not.toContain(endpoint);
    }
  });

  it('does not contain the controls', async () => {
    for (const endpoint of world.simulator.endpoints) expect(endpoint).not.toContain('simulator');
    const controls = await fetch(`${world.simulator.origin}/simulator/webhooks`);
    expect(await controls.json()).toEqual({ webhooks: [] });
  });
});
