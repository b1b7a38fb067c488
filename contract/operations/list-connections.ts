import * as z from 'zod';
import type { ConnectionFacts } from '../connection.ts';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';

export const listConnections = operation({
  name: 'listConnections',
  summary: 'Lists the connections without their tokens. It does not call Asana.',
  changes: false,
  parameters: z.strictObject({}),
  result: result<{ readonly data: readonly ConnectionFacts[] }>(),
  returns: 'Each connection with its kind, its state, and when its OAuth2 access token expires.',
  example: {},
  errors: everyOperation,
});
