import type { Hono } from 'hono';
import { type Env, fieldsOf, json } from '../call.ts';
import { readEvents } from '../events-api.ts';
import type { World } from '../model.ts';
import { pick } from '../opt-fields.ts';

/** The Events API. */
export function addEventRoutes(app: Hono<Env>, world: World): void {
  app.get('/events', (c) => {
    const { data, ...beside } = readEvents(world, c.req.query('resource'), c.req.query('sync') ?? null);
    const fields = fieldsOf(c, []);
    // Unlike other objects, an event has all its members if no fields are requested.
    const shown = fields.length === 0 ? data : data.map((event) => pick(event, [...fields]));
    return json(c, 200, { data: shown, ...beside });
  });
}
