import type { Knex } from 'knex';
import type { AccountName } from '../../bots/fund/account-names.ts';
import type { Total } from '../../bots/fund/valuation.ts';
import type { Amount } from '../../bots/money.ts';

/** What an account holds of an asset, now or as it was at a moment (epoch ms, inclusive). */
export async function accountBalance(
  knex: Knex,
  { account, asset, at }: { account: AccountName; asset: string; at?: number },
): Promise<Amount> {
  // An account of the fund itself has too many postings to add up: its kind's totals are it.
  if (!account.includes('/')) {
    const totals = await ledgerTotals(knex, at);
    return totals.find((total) => total.kind === account && total.asset === asset)?.amount ?? '0';
  }
  const { rows } = await knex.raw<{ rows: [{ amount: Amount }] }>(
    `SELECT trim_scale(coalesce(sum(p.amount), 0)) AS amount FROM postings p JOIN ledger_accounts a ON a.id = p.account_id
     WHERE a.name = ? AND p.asset = ? AND p.at <= coalesce(?::timestamptz, 'infinity')`,
    [account, asset, moment(at)],
  );
  return rows[0].amount;
}

/** What all accounts of each kind hold of each asset, now or as it was at a moment (epoch ms, inclusive); nothing that is zero. */
export async function ledgerTotals(knex: Knex, at?: number): Promise<Total[]> {
  const { rows } = await knex.raw<{ rows: Total[] }>(
    `SELECT kind, asset, trim_scale(amount) AS amount FROM ledger_totals_at(coalesce(?::timestamptz, 'infinity'))`,
    [moment(at)],
  );
  return rows;
}

/**
 * Closes the books: returns the moment (epoch ms) up to which nothing can change any more. Everything that has been posted counts, so
 * it may be later than the one asked for; it is never earlier than the last.
 */
export async function closeLedger(knex: Knex, at: number): Promise<number> {
  const { rows } = await knex.raw<{ rows: [{ closed: Date }] }>('SELECT close_ledger(?) AS closed', [
    new Date(at),
  ]);
  return rows[0].closed.getTime();
}

/** Nothing is posted, valued or frozen by anybody else until the transaction ends; what was under way has ended. */
export async function lockLedger(tx: Knex): Promise<void> {
  await tx.raw("SELECT pg_advisory_xact_lock(hashtext('ledger'))");
}

function moment(at: number | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}
