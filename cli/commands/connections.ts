import { askBefore } from '../ask.ts';
import type { Context } from '../context.ts';
import { type CheckedConnection, showConnection } from './connect.ts';

interface Listed {
  readonly data: readonly {
    readonly connection: string;
    readonly kind: string;
    readonly state: string;
    readonly expiresAt?: string;
  }[];
}

export async function listConnections({ manage, out }: Context): Promise<void> {
  const { data } = await manage<Listed>({ operation: 'listConnections' });
  out.result(data, () =>
    out.table(
      ['CONNECTION', 'KIND', 'STATE', 'TOKEN UNTIL'],
      data.map(({ connection, kind, state, expiresAt }) => [connection, kind, state, expiresAt]),
      'There is no connection yet: asana-webhooks connect <name>.',
    ),
  );
}

export async function checkConnection(connection: string, { manage, out }: Context): Promise<void> {
  const { data } = await manage<{ data: CheckedConnection }>({ operation: 'checkConnection', connection });
  out.result(data, () => showConnection(data, { out }));
}

export async function deleteConnection(
  connection: string,
  { force, yes }: { readonly force: boolean; readonly yes: boolean },
  { manage, out }: Context,
): Promise<void> {
  await askBefore(`Delete the connection ${connection} with its credentials?`, yes);
  const { data } = await manage<{ data: object }>({ operation: 'deleteConnection', connection, force });
  out.result(data, () => out.line(`Connection ${connection} is deleted.`));
}
