import { expect, it } from 'vitest';
import { listConnections } from '../../../core/connections/list-connections.ts';
import type { ConnectionServices } from '../../../core/connections/services.ts';
import { createMemoryConnections } from '../../memory/connections.ts';

it('listConnections() leaves out a connection that is listed but no longer exists', async () => {
  const connections = createMemoryConnections();
  await connections.write('sales', { kind: 'personalAccessToken', token: 'x' });
  const names = async () => ['default', 'gone', 'sales'];
  const services = { connections: { ...connections, names } } as unknown as ConnectionServices;
  expect(await listConnections({}, services)).toEqual({
    data: [
      { connection: 'default', kind: 'empty', state: 'empty' },
      { connection: 'sales', kind: 'personalAccessToken', state: 'ready' },
    ],
  });
});
