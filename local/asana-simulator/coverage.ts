/** How much of an endpoint the simulator implements. */
export type Extent = 'full' | 'partial' | 'none';

/** One endpoint of Asana's API. */
export interface Covered {
  /** Method and path as in Asana's OpenAPI description, relative to `/api/1.0`. */
  readonly endpoint: string;
  readonly extent: Extent;
  readonly note?: string;
}

/** The endpoints that the simulator covers. A test compares this list with the simulator's routes. */
export const coverage: readonly Covered[] = [
  { endpoint: 'POST /webhooks', extent: 'full' },
  { endpoint: 'GET /webhooks', extent: 'full' },
  { endpoint: 'GET /webhooks/{gid}', extent: 'full' },
  { endpoint: 'PUT /webhooks/{gid}', extent: 'full' },
  { endpoint: 'DELETE /webhooks/{gid}', extent: 'full' },
  { endpoint: 'GET /events', extent: 'full' },
  { endpoint: 'GET /users/{gid}', extent: 'partial', note: 'name, email and workspaces' },
  { endpoint: 'GET /workspaces', extent: 'partial', note: 'name' },
  { endpoint: 'GET /workspaces/{gid}', extent: 'partial', note: 'name' },
  { endpoint: 'GET /workspaces/{gid}/projects', extent: 'partial', note: 'no filters' },
  {
    endpoint: 'GET /teams/{gid}/projects',
    extent: 'partial',
    note: 'no filters; a team has every project of its workspace',
  },
  { endpoint: 'GET /projects', extent: 'partial', note: 'by workspace' },
  { endpoint: 'POST /projects', extent: 'partial', note: 'name' },
  { endpoint: 'GET /projects/{gid}', extent: 'partial', note: 'name and workspace' },
  { endpoint: 'PUT /projects/{gid}', extent: 'partial', note: 'name' },
  { endpoint: 'GET /projects/{gid}/tasks', extent: 'partial', note: 'no filters' },
  { endpoint: 'POST /tasks', extent: 'partial', note: 'the fields that events are made of' },
  { endpoint: 'GET /tasks/{gid}', extent: 'partial', note: 'the fields that events are made of' },
  {
    endpoint: 'PUT /tasks/{gid}',
    extent: 'partial',
    note: 'name, notes, due_on, completed, assignee, enum custom fields',
  },
  { endpoint: 'DELETE /tasks/{gid}', extent: 'full' },
  { endpoint: 'POST /tasks/{gid}/addProject', extent: 'partial', note: 'no position in the project' },
  { endpoint: 'POST /tasks/{gid}/removeProject', extent: 'full' },
  { endpoint: 'POST /tasks/{gid}/addFollowers', extent: 'full' },
  { endpoint: 'POST /tasks/{gid}/stories', extent: 'partial', note: 'plain text' },
  { endpoint: 'GET /-/oauth_authorize', extent: 'partial', note: 'the user grants or refuses at once' },
  { endpoint: 'POST /-/oauth_token', extent: 'full' },
  { endpoint: 'POST /-/oauth_revoke', extent: 'full' },
  { endpoint: 'GET /workspaces/{gid}/events', extent: 'none', note: 'for service accounts' },
  { endpoint: 'POST /batch', extent: 'none' },
  { endpoint: 'GET /tasks/{gid}/stories', extent: 'none' },
];
