import type { CheckedConnection } from '../contract/connection.ts';
import type { Output } from './output.ts';

/** Prints who a connection is, and what it can do. */
export function showConnection(checked: CheckedConnection, out: Output): void {
  const { connection, kind, state, user, workspaces, scopes, missingScopes, can } = checked;
  if (state !== 'ready') {
    out.line(
      `${connection} does not work: it is ${state}. Connect it again: asana-webhooks connect ${connection}`,
    );
    return;
  }
  const who = user === null ? 'an unknown user' : (user.name ?? user.gid);
  out.line(`${connection} is ${who}${user?.email ? ` <${user.email}>` : ''}, by ${kind}.`);
  out.line(
    `Workspaces: ${workspaces.map(({ gid, name }) => `${name ?? ''} (${gid})`.trim()).join(', ') || 'none'}`,
  );
  if (missingScopes.length > 0) {
    out.line(`Asana does not show the user: the token does not have ${missingScopes.join(' or ')}.`);
  }
  out.line(`Scopes: ${scopes === null ? 'everything the user can do' : scopes.join(' ')}`);
  const words = {
    readWebhooks: 'read webhooks',
    writeWebhooks: 'create and update webhooks',
    deleteWebhooks: 'delete webhooks',
    readEvents: 'fetch events that were missed',
  };
  const lists = Object.entries(words).map(([name, text]) => [can[name as keyof typeof words], text] as const);
  const cannot = lists.filter(([able]) => !able).map(([, text]) => text);
  out.line(
    `It can ${
      lists
        .filter(([able]) => able)
        .map(([, text]) => text)
        .join(', ') || 'do nothing here'
    }.`,
  );
  if (cannot.length > 0) out.line(`It cannot ${cannot.join(', ')}.`);
}
