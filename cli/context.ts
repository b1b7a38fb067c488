import { createManage, type Manage } from './invoke.ts';
import { createOutput, type Output } from './output.ts';

/** What every command can be told. */
export interface GlobalOptions {
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
  readonly local: boolean;
  readonly localUrl: string;
  readonly json: boolean;
}

/** What a command works with. */
export interface Context {
  readonly manage: Manage;
  readonly out: Output;
}

export function contextOf(options: GlobalOptions): Context {
  const { stack, region, profile, local, localUrl } = options;
  const place = { stack, region, profile, ...(local && { local: localUrl }) };
  return { manage: createManage(place), out: createOutput(options.json) };
}
