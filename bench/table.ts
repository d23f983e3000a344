import type { Figure } from './measurement.ts';

export interface Measured extends Figure {
  measurement: string;
  holds: boolean;
}

/** Ratios first: they mean the same on another machine. */
export function ratiosFirst(figures: readonly Measured[]): Measured[] {
  return figures.toSorted((a, b) => Number(b.unit === 'x') - Number(a.unit === 'x'));
}

/** The figures for people. */
export function table(figures: readonly Measured[]): string {
  const rows = ratiosFirst(figures).map((figure) => [
    figure.measurement,
    figure.name,
    `${written(figure.value)} ${figure.unit}`,
    boundOf(figure),
    figure.bound ? (figure.holds ? 'holds' : 'BROKEN') : '',
  ]);
  const all = [['measurement', 'figure', 'value', 'bound', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column]!, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 2 ? cell.padStart(width) : cell.padEnd(width);
}

function boundOf({ bound, unit }: Figure): string {
  if (!bound) return '';
  return 'atMost' in bound ? `<= ${bound.atMost} ${unit}` : `>= ${bound.atLeast} ${unit}`;
}

function written(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
