import { Misuse } from './errors.ts';

/**
 * Returns the gid in a text that a person typed: a gid, or the browser's address of a project or task.
 *
 * @throws Misuse if the text is neither
 */
export function resourceIn(text: string): string {
  if (/^\d{1,32}$/.test(text)) return text;
  const gid = gidInAddress(text);
  if (gid !== undefined) return gid;
  throw new Misuse(
    `"${text}" is not a resource. Use a gid such as 1208000000000001, or the browser's address of a project or task.`,
  );
}

/**
 * Addresses of app.asana.com: `/1/<workspace>/project/<project>/…`, `/1/<workspace>/task/<task>`, with the task behind
 * its project, and the older `/0/<project>/list` and `/0/<project>/<task>`.
 */
function gidInAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { hostname, pathname } = new URL(text);
  if (hostname !== 'app.asana.com') return undefined;
  const named = /\/task\/(\d+)/.exec(pathname) ?? /\/(?:project|portfolio|goal)\/(\d+)/.exec(pathname);
  const old = /^\/0\/(\d+)(?:\/(\d+))?/.exec(pathname);
  return named?.[1] ?? old?.[2] ?? old?.[1];
}
