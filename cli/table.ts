import stringWidth from 'string-width';

/** A column of a table, and how it shrinks on a narrow terminal. */
export interface Column {
  readonly head: string;
  /**
   * Texts are cut to this many characters before columns are dropped, and to fewer only if the rest is still too
   * wide. @default texts are not cut
   */
  readonly atLeast?: number;
  /** Columns with a higher number are dropped first. @default 0, never dropped */
  readonly drop?: number;
}

const gap = 2;

/** The least that is shown of a text that can be cut, if nothing can be dropped any more. */
const leastOfAll = 4;

/**
 * Lays out a table in lines of at most `width` characters: texts are cut first, then columns are
 * dropped. Without a width, everything is shown.
 */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): readonly string[] {
  const all = columns.map((column, index) => {
    const texts = [column.head, ...rows.map((row) => row[index] ?? '')];
    return { column, texts, width: Math.max(...texts.map((text) => stringWidth(text))) };
  });
  const fitted = fitInto(all, width ?? Number.POSITIVE_INFINITY);
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    fitted
      .map(({ texts, width: own }) => pad(cut(texts[line] ?? '', own), own))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

interface Sized {
  readonly column: Column;
  readonly texts: readonly string[];
  readonly width: number;
}

function fitInto(columns: readonly Sized[], room: number): readonly Sized[] {
  const cutDown = cutToFit(columns, room, ({ atLeast }) => atLeast);
  if (widthOf(cutDown) <= room) return cutDown;
  const droppable = columns.filter(({ column }) => (column.drop ?? 0) > 0);
  if (droppable.length === 0) return cutToFit(cutDown, room, ({ atLeast }) => atLeast && leastOfAll);
  const next = droppable.reduce((one, other) =>
    (other.column.drop ?? 0) > (one.column.drop ?? 0) ? other : one,
  );
  return fitInto(
    columns.filter((each) => each !== next),
    room,
  );
}

/** Cuts one character at a time, from the column that has most to spare above its minimum width. */
function cutToFit(
  columns: readonly Sized[],
  room: number,
  leastOf: (column: Column) => number | undefined,
): readonly Sized[] {
  const widths = columns.map(({ width }) => width);
  const least = columns.map(({ column }) => leastOf(column) ?? Number.POSITIVE_INFINITY);
  const excess = (index: number) => (widths[index] ?? 0) / (least[index] ?? Number.POSITIVE_INFINITY);
  for (let over = widthOf(columns) - room; over > 0; over -= 1) {
    const most = columns.reduce((best, _, index) => (excess(index) > excess(best) ? index : best), 0);
    if (excess(most) <= 1) break;
    widths[most] = (widths[most] ?? 0) - 1;
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? 0 }));
}

function widthOf(columns: readonly Sized[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0) + gap * Math.max(0, columns.length - 1);
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

const graphemes = new Intl.Segmenter();

/** Cuts a text to a width, with an ellipsis. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
