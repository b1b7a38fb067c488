import { describe, expect, it } from 'vitest';
import { cut, layOut } from '../../cli/table.ts';

const columns = [
  { head: 'GID' },
  { head: 'NAME', atLeast: 6 },
  { head: 'WHY', atLeast: 8, drop: 1 },
  { head: 'ID', drop: 2 },
];
const rows = [
  ['1208', 'A long name of a project', 'for no reason at all', 'sub_1'],
  ['9', 'Bug', '', 'sub_2'],
];

describe('layOut()', () => {
  it('shows everything if there is no width', () => {
    expect(layOut(columns, rows, undefined)).toEqual([
      'GID   NAME                      WHY                   ID',
      '1208  A long name of a project  for no reason at all  sub_1',
      '9     Bug                                             sub_2',
    ]);
  });

  it('cuts the widest column first, then drops columns, the least useful first', () => {
    expect(layOut(columns, rows, 50)).toEqual([
      'GID   NAME             WHY                   ID',
      '1208  A long name of…  for no reason at all  sub_1',
      '9     Bug                                    sub_2',
    ]);
    expect(layOut(columns, rows, 26)[1]).toBe('1208  A long …  for no re…');
    expect(layOut(columns, rows, 15)).toEqual(['GID   NAME', '1208  A long n…', '9     Bug']);
  });

  it.each([12, 20, 30, 40, 60, 80])('fits into %i characters', (width) => {
    for (const line of layOut(columns, rows, width)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('measures displayed width, not code units', () => {
    expect(
      layOut(
        [{ head: 'A' }, { head: 'B' }],
        [
          ['日本', 'x'],
          ['ü😀', 'y'],
        ],
        undefined,
      ),
    ).toEqual(['A     B', '日本  x', 'ü😀   y']);
  });
});

it('cut() never cuts a character in two', () => {
  expect(cut('日本語', 4)).toBe('日…');
  expect(cut('👩‍👩‍👧 family', 3)).toBe('👩‍👩‍👧…');
  expect(cut('abc', 3)).toBe('abc');
});
