import { stringify } from 'csv-stringify/sync';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { StatementRow } from '../../bots/fund/statement.ts';
import { readStatement } from '../../db/fund/holders.ts';

const DAY_MS = 86_400_000;

const forms = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

const written = z.string().refine((text) => forms.safeParse(text).success, {
  error: 'must be a day such as 2026-01-31 (in UTC) or a moment such as 2026-01-31T10:00:00Z',
  params: { type: 'type_error.str' },
});

/** From when to when: moments, or whole days of UTC, of which the last one counts too. */
export const statementRange = z
  .object({
    from: written
      .transform((text) => Date.parse(text))
      .optional()
      .meta({
        description: 'The first day, or moment; from the beginning unless said',
        override: { type: 'string', example: '2026-01-01' },
      }),
    to: written
      .transform((text) => Date.parse(text) + (text.includes('T') ? 0 : DAY_MS - 1))
      .optional()
      .meta({
        description: 'The last day, or moment; to the newest entry unless said',
        override: { type: 'string', example: '2026-01-31' },
      }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'must not be before from',
  });

export interface StatementOf extends z.output<typeof statementRange> {
  userId: string;
  /** The fund's. */
  currency: string;
}

/**
 * A holder's statement as CSV (RFC 4180): what was theirs before, a line for each entry that changed it, what is theirs after. Amounts
 * are plain decimals, and each balance is the one in the line before with the line's change. A text that a spreadsheet would take for a
 * formula begins with an apostrophe.
 */
export async function statement(knex: Knex, { from: first, to: last, ...of }: StatementOf): Promise<string> {
  const [from, to] = [first ?? null, last ?? null];
  const { opening, rows, closing } = await readStatement(knex, { ...of, from, to });
  const lines = [
    balance('opening_balance', from, opening),
    ...rows.map(line),
    balance('closing_balance', to, closing),
  ];
  return stringify(lines, {
    ...{ header: true, columns: COLUMNS, record_delimiter: 'windows' },
    cast: { string: (value) => ({ value, escape_formulas: !AMOUNT.test(value) }) },
  });
}

/** `amount` came in, or went out where negative; `units` and `owed` (money that waits for units, or to be paid) changed by so much. */
const COLUMNS = [
  ...['date', 'entry', 'reference', 'asset', 'amount', 'units', 'price'],
  ...['units_balance', 'owed', 'owed_balance'],
];

const AMOUNT = /^-?\d+(\.\d+)?$/;

function line({ at, kind, reference, money, price, ...row }: StatementRow): Record<string, string | null> {
  return {
    ...{ date: new Date(at).toISOString(), entry: kind, reference },
    ...{ asset: money?.asset ?? null, amount: money?.amount ?? null },
    ...{
      units: row.units,
      price,
      units_balance: row.unitsBalance,
      owed: row.owed,
      owed_balance: row.owedBalance,
    },
  };
}

function balance(
  entry: 'opening_balance' | 'closing_balance',
  at: number | null,
  { units, owed }: { units: string; owed: string },
): Record<string, string | null> {
  const date = at === null ? null : new Date(at).toISOString();
  return { date, entry, units_balance: units, owed_balance: owed };
}
