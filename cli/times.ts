import { Misuse } from './errors.ts';

const minuteMs = 60_000;
const units = { s: 1_000, m: minuteMs, h: 60 * minuteMs, d: 24 * 60 * minuteMs, w: 7 * 24 * 60 * minuteMs };

const isoForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Parses a typed time: `90m` (ago), `yesterday`, `2026-11-24` or `2026-11-24T10:00` in local time, or ISO 8601
 * with a zone. Returns ISO 8601 in UTC.
 *
 * @throws Misuse for anything else
 */
export function readTime(text: string, now: Date): string {
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined) {
    return new Date(now.getTime() - Number(amount) * units[unit as keyof typeof units]).toISOString();
  }
  if (text === 'now') return now.toISOString();
  if (text === 'today') return midnight(now).toISOString();
  if (text === 'yesterday') return midnight(new Date(now.getTime() - units.d)).toISOString();
  // JavaScript reads a date alone as UTC, and a date with a time as local.
  const written = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const moment = new Date(written);
  if (isoForm.test(written) && !Number.isNaN(moment.getTime())) return moment.toISOString();
  throw new Misuse(
    `"${text}" is not a time. Use 30m, 2h, 7d, today, yesterday, 2026-11-24 or 2026-11-24T10:00:00Z.`,
  );
}

function midnight(moment: Date): Date {
  const day = new Date(moment);
  day.setHours(0, 0, 0, 0);
  return day;
}

/** A time relative to now: `3 min ago`, `in 2 h`. */
export function relative(iso: unknown, now: Date): string {
  const moment = typeof iso === 'string' ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(moment)) return '';
  const ms = now.getTime() - moment;
  const distance = Math.abs(ms);
  if (distance < minuteMs / 2) return ms >= 0 ? 'just now' : 'now';
  const length = lengthOf(distance);
  return ms >= 0 ? `${length} ago` : `in ${length}`;
}

function lengthOf(ms: number): string {
  if (ms < 90 * minuteMs) return `${Math.max(1, Math.round(ms / minuteMs))} min`;
  if (ms < 36 * units.h) return `${Math.round(ms / units.h)} h`;
  return `${Math.round(ms / units.d)} d`;
}
