import type { Knex } from 'knex';
import { ACCOUNT_CLASSES } from '../../bots/fund/account-names.ts';
import { NoPrice } from '../../bots/fund/unit-price.ts';
import { MissingMark, type Marks } from '../../bots/fund/valuation.ts';
import { Decimal } from '../../bots/money.ts';
import { allotDeposit, creditedDeposits, unsweptDeposits } from '../../db/fund/deposits.ts';
import { readFreeze } from '../../db/fund/dealing.ts';
import { ledgerTotals } from '../../db/fund/ledger-balances.ts';
import { latestValuation, recordValuation, type NavReason, type NavRow } from '../../db/fund/nav-history.ts';
import { hasOpenIntent } from '../../db/fund/orders.ts';
import type { FundDependencies } from './dependencies.ts';
import type { FundActivities } from './types.ts';

/** Values the fund, and gives units for what had been credited before. */
export function createValueFund(deps: FundDependencies): FundActivities['valueFund'] {
  return async ({ reason }) => {
    const { knex, step } = deps;
    step('value:begun');
    // Before any price is read: nobody's units are priced at what was known when the venue credited them.
    const waiting = await creditedDeposits(knex);
    const { nav, heldBecause } = await dealAt(deps, reason, async (tx, { nav_per_unit: price }) => {
      for (const { id } of waiting) await allotDeposit(tx, id, { price, at: deps.now() });
    });
    step('value:written');
    return {
      ...{
        price: nav?.nav_per_unit ?? null,
        value: nav?.total_value ?? null,
        units: nav?.total_units ?? null,
      },
      ...{ at: nav?.recorded_at.getTime() ?? deps.now(), heldBecause },
      ...{ waiting: (await creditedDeposits(knex)).length, toSweep: await unsweptDeposits(knex) },
    };
  };
}

interface Dealt {
  /** Null where the fund has no price. */
  nav: NavRow | null;
  /** Why `deal` was not called; null where it was. */
  heldBecause: string | null;
}

/**
 * A valuation of now and, where it is final and dealing is not frozen, `deal` at its price: one transaction. What is thrown by
 * `deal` undoes both.
 */
async function dealAt(
  deps: FundDependencies,
  reason: NavReason,
  deal: (tx: Knex, nav: NavRow) => Promise<void>,
): Promise<Dealt> {
  const { knex, settings } = deps;
  const { marks, at, provisionalBecause } = await marksOfHoldings(deps);
  deps.step('value:marked');
  try {
    return await knex.transaction(async (tx) => {
      const nav = await recordValuation(tx, {
        ...{ at, marks, reason, provisionalBecause },
        ...{ currency: settings.currency, initialPrice: settings.initialPrice },
      });
      // The books are closed by us until the end: nobody freezes dealing meanwhile.
      const freeze = await readFreeze(tx);
      const heldBecause = provisionalBecause ?? (freeze ? `Dealing is frozen: ${freeze.because}` : null);
      if (heldBecause === null) await deal(tx, nav);
      return { nav, heldBecause };
    });
  } catch (error) {
    if (error instanceof NoPrice || error instanceof MissingMark)
      return { nav: null, heldBecause: error.message };
    throw error;
  }
}

/** A price that cannot be read now is the last one that could: a value to show, and not to deal at. */
async function marksOfHoldings({
  knex,
  settings: { currency },
  readMarks,
}: FundDependencies): Promise<{ marks: Marks; at: number; provisionalBecause: string | null }> {
  const assets = await heldAssets(knex, currency);
  const { marks: read, at, isProvisional } = await readMarks(assets);
  const missing = assets.filter((asset) => read[asset] === undefined);
  const last = missing.length > 0 ? ((await latestValuation(knex))?.marks ?? {}) : {};
  const marks = Object.fromEntries(
    assets.flatMap((asset) => {
      const mark = read[asset] ?? last[asset];
      return mark === undefined ? [] : [[asset, mark]];
    }),
  );
  return { marks, at, provisionalBecause: await reasonToWait() };

  async function reasonToWait(): Promise<string | null> {
    if (missing.length > 0) return `There is no price of ${missing.join(', ')} now`;
    if (isProvisional) return 'A price is too old';
    if (await hasOpenIntent(knex)) return "It is not known what became of an order of the fund's bot";
    return null;
  }
}

/** What counts in the fund's value and has a price: not what is only kept for somebody. */
async function heldAssets(knex: Knex, currency: string): Promise<string[]> {
  const net = new Map<string, Decimal>();
  for (const { kind, asset, amount } of await ledgerTotals(knex)) {
    const counts = ACCOUNT_CLASSES[kind] === 'holding' || ACCOUNT_CLASSES[kind] === 'liability';
    if (counts && asset !== currency) net.set(asset, (net.get(asset) ?? new Decimal(0)).add(amount));
  }
  return [...net].flatMap(([asset, amount]) => (amount.isZero() ? [] : [asset])).toSorted();
}
