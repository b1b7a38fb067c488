import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controlBodies } from '../../../local/asana-simulator/control-input.ts';
import type { Controls } from '../../../local/asana-simulator/controls.ts';
import { faultKinds } from '../../../local/asana-simulator/faults.ts';
import { defaultKnobs } from '../../../local/asana-simulator/knobs.ts';
import { simulatorRoutes } from '../../../local/asana-simulator/routes/simulator.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../local/asana-simulator/README.md'), 'utf8');

/** Returns the cells of each row of the table below a heading, without backticks. */
function table(heading: string): readonly (readonly string[])[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** Returns the members of a schema in the form that a table has. */
const listed = (schema: { readonly shape: object } | undefined) =>
  Object.keys(schema?.shape ?? {}).join(', ');

describe('the README of the simulator', () => {
  it('has every control with the members of its body', () => {
    const routes = simulatorRoutes({} as Controls).routes.map(({ method, path }) => `${method} ${path}`);
    const bodies: Readonly<Record<string, { readonly shape: object }>> = controlBodies;
    expect(table('Controls by HTTP').map(([control, members]) => [control, members])).toEqual(
      routes.map((route) => [route, route === 'POST /faults' ? 'on, kind, …' : listed(bodies[route])]),
    );
  });

  it('has every fault with its members', () => {
    const faults = Object.entries(faultKinds).flatMap(([on, kinds]) =>
      Object.entries(kinds).map(([kind, schema]) => [on, kind, listed(schema)]),
    );
    expect(table('Faults').map((row) => row.slice(0, 3))).toEqual(faults);
  });

  it('has every knob with its default', () => {
    expect(table('Knobs').map(([name, value]) => [name, value])).toEqual(
      Object.entries(defaultKnobs).map(([name, value]) => [name, JSON.stringify(value)]),
    );
  });

  it('describes each control, fault and knob', () => {
    for (const heading of ['Controls by HTTP', 'Faults', 'Knobs']) {
      for (const row of table(heading)) expect(row.at(-1)).toMatch(/\w{3}/);
    }
  });
});
