import { escaped } from './format.ts';

/** Letters in a row that a phone shows without breaking it. */
export const PHONE_WIDTH = 34;

/**
 * Rows in columns of letters that are all equally wide, as HTML. The first column stands to the left, the others to the right;
 * what does not fit on a phone is cut off the first.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  const [, ...others] = widths;
  const left = PHONE_WIDTH - others.reduce((sum, width) => sum + width + 1, 0);
  widths[0] = Math.min(widths[0] ?? 0, Math.max(left, 1));
  const lines = rows.map((row) =>
    row.map((cell, at) =>
      at === 0 ? filled(cut(cell, widths[0]!), widths[0]!) : aligned(cell, widths[at]!),
    ),
  );
  return `<pre>${escaped(lines.map((line) => line.join(' ').trimEnd()).join('\n'))}</pre>`;
}

/** As wide as that many Latin letters: Korean ones and pictures take twice as much. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += WIDE.test(letter) ? 2 : 1;
  return width;
}

/** As much of it as fits, with a sign that there is more. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(kept + letter) > width - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

const filled = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
const aligned = (cell: string, width: number): string => ' '.repeat(width - widthOf(cell)) + cell;
