import { Decimal, type Amount } from '../../bots/money.ts';

/** Where the story is written. */
export interface Terminal {
  /** A new part of the story. */
  title(text: string): void;
  line(text: string): void;
  /** Rows below each other, the first of them the head; columns but the first flush right. */
  table(rows: string[][]): void;
}

export function createTerminal(write: (text: string) => void): Terminal {
  let part = 0;
  return {
    title: (text) => write(`\n${(part += 1)}. ${text}\n\n`),
    line: (text) => write(text === '' ? '\n' : `   ${text}\n`),
    table(rows) {
      const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
      for (const row of rows) {
        const cells = row.map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        );
        write(`   ${cells.join('   ')}\n`);
      }
    },
  };
}

/** `12,345.60`: with at least two decimals and as many as are said, rounded down. */
export function money(amount: Amount | number, decimals = 2): string {
  const cut = new Decimal(amount).toDecimalPlaces(decimals, Decimal.ROUND_DOWN).toFixed(decimals);
  const [whole, fraction] = cut.split('.');
  return `${whole!.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${fraction ? `.${fraction}` : ''}`;
}
