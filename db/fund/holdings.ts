import type { Knex } from 'knex';
import { holderAccount } from '../../bots/fund/account-names.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { ledgerTotals } from './ledger-balances.ts';
import { liveOrders, type LiveOrder } from './orders.ts';
import { listSubAccounts, type SubAccount } from './sub-accounts.ts';

/** Money of the ledger at one place of the exchange. */
export interface Holding {
  /** Null for main. */
  userId: string | null;
  asset: string;
  amount: Amount;
}

/** A withdrawal that may have left the exchange without the ledger's knowing it yet. */
export interface OpenPayment {
  id: string;
  userId: string;
  asset: string;
  amount: Amount;
  /** When it may have been sent at the earliest. */
  since: Date;
}

/** What the ledger says is at the exchange, and what it does not know yet: all of one moment. */
export interface Books {
  holdings: Holding[];
  /** Holders with money between their sub-account and main. */
  onTheWay: Set<string>;
  payments: OpenPayment[];
  orders: LiveOrder[];
  /** The venue's ids of deposits that are in the ledger. */
  received: Set<string>;
  subAccounts: SubAccount[];
  /** What balances of holders and fees add up to, and what is outstanding by the ledger. */
  units: { held: Amount; outstanding: Amount };
}

export async function readBooks(knex: Knex): Promise<Books> {
  return knex.transaction(
    async (tx) => {
      const [main, placed, units] = [
        await holdingsOfMain(tx),
        await placedWithHolders(tx),
        await unitsOf(tx),
      ];
      const onTheWay = placed.filter(
        ({ kind, amount }) => kind === 'transit' && !new Decimal(amount).isZero(),
      );
      return {
        holdings: [...main, ...placed.map(({ userId, asset, amount }) => ({ userId, asset, amount }))],
        onTheWay: new Set(onTheWay.map(({ userId }) => userId)),
        payments: await openPayments(tx),
        orders: await liveOrders(tx),
        received: await receivedDeposits(tx),
        subAccounts: await listSubAccounts(tx),
        units,
      };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/** True while money of the holder may be at either end of a transfer, or half-way out. */
export async function isMoving(knex: Knex, userId: string): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: [{ moving: boolean }] }>(
    `SELECT EXISTS (SELECT FROM ledger_accounts a JOIN postings p ON p.account_id = a.id
         WHERE a.name = ? GROUP BY p.asset HAVING sum(p.amount) <> 0)
       OR EXISTS (SELECT FROM withdrawal_requests
         WHERE user_id = ? AND status IN ('processing', 'manual_review')) AS moving`,
    [holderAccount('transit', userId), userId],
  );
  return rows[0].moving;
}

async function holdingsOfMain(tx: Knex): Promise<Holding[]> {
  const totals = await ledgerTotals(tx);
  return totals
    .filter(({ kind }) => kind === 'main')
    .map(({ asset, amount }) => ({ userId: null, asset, amount }));
}

async function placedWithHolders(
  tx: Knex,
): Promise<{ kind: 'sub' | 'transit'; userId: string; asset: string; amount: Amount }[]> {
  const { rows } = await tx.raw<{ rows: Awaited<ReturnType<typeof placedWithHolders>> }>(
    `SELECT a.kind, a.user_id AS "userId", p.asset, trim_scale(sum(p.amount)) AS amount
     FROM ledger_accounts a JOIN postings p ON p.account_id = a.id
     WHERE a.kind IN ('sub', 'transit') GROUP BY 1, 2, 3`,
  );
  return rows;
}

async function openPayments(tx: Knex): Promise<OpenPayment[]> {
  const { rows } = await tx.raw<{ rows: OpenPayment[] }>(
    `SELECT id, user_id AS "userId", asset, trim_scale(amount) AS amount, greatest(approved_at, cooling_until, created_at) AS since
     FROM withdrawal_requests w
     WHERE status IN ('processing', 'manual_review') AND NOT EXISTS (
       SELECT FROM journal_entries e WHERE e.transaction_type = 'withdrawal'
         AND e.transaction_external_id = w.id::text AND e.kind = 'withdrawal_paid')`,
  );
  return rows;
}

async function receivedDeposits(tx: Knex): Promise<Set<string>> {
  const ids = await tx('deposits')
    .whereIn('status', ['credited', 'kept', 'allotted', 'swept'])
    .pluck<string[]>('venue_deposit_id');
  return new Set(ids);
}

async function unitsOf(tx: Knex): Promise<Books['units']> {
  const { rows } = await tx.raw<{ rows: [{ held: Amount }] }>(
    'SELECT trim_scale(coalesce(sum(units), 0)) AS held FROM balances',
  );
  const sums = { held: new Decimal(rows[0].held), outstanding: new Decimal(0) };
  for (const { kind, amount } of await ledgerTotals(tx)) {
    if (kind === 'fee-units') sums.held = sums.held.add(amount);
    if (kind === 'units-issued' || kind === 'units-reserved') sums.outstanding = sums.outstanding.sub(amount);
  }
  return { held: sums.held.toFixed(), outstanding: sums.outstanding.toFixed() };
}
