import type { Knex } from 'knex';
import { ACCOUNT_CLASSES } from '../../bots/fund/account-names.ts';
import { NoPrice } from '../../bots/fund/unit-price.ts';
import { MissingMark, type Marks } from '../../bots/fund/valuation.ts';
import { Decimal } from '../../bots/money.ts';
import { latestComparison } from '../../db/fund/comparisons.ts';
import { readFreeze } from '../../db/fund/dealing.ts';
import { ledgerTotals, lockLedger } from '../../db/fund/ledger-balances.ts';
import { latestValuation, recordValuation, type NavReason, type NavRow } from '../../db/fund/nav-history.ts';
import { openOrders } from '../../db/fund/orders.ts';
import type { FundDependencies } from './dependencies.ts';
import { reasonToWait } from './reason-to-wait.ts';

/** Nothing is dealt while nobody could say for so long whether ledger and exchange agree. */
const COMPARED_WITHIN_MS = 300_000;

/** What all that the fund holds costs, and whether anything may be dealt at it. */
export interface FundPrices {
  marks: Marks;
  /** Epoch ms. */
  at: number;
  /** Null where they are final. */
  provisionalBecause: string | null;
}

export interface DealingTerms {
  currency: string;
  initialPrice: string;
  reason: NavReason;
  /** Epoch ms. */
  now(): number;
}

export interface Dealt {
  /** Null where the fund has no price. */
  nav: NavRow | null;
  /** Why `deal` was not called; null where it was. */
  heldBecause: string | null;
}

/**
 * Reads the prices, before a transaction begins: nobody waits for an exchange in one. What cannot be read now is at the last price that
 * could: a value to show, and not to deal at.
 */
export async function readFundPrices({
  knex,
  settings: { currency },
  readMarks,
}: Pick<FundDependencies, 'knex' | 'readMarks'> & { settings: { currency: string } }): Promise<FundPrices> {
  const assets = await assetsToPrice(knex, currency);
  const { marks: read, at, isProvisional } = await readMarks(assets);
  const missing = assets.filter((asset) => read[asset] === undefined);
  const last = missing.length > 0 ? ((await latestValuation(knex))?.marks ?? {}) : {};
  const marks = Object.fromEntries(
    assets.flatMap((asset) => {
      const mark = read[asset] ?? last[asset];
      return mark === undefined ? [] : [[asset, mark]];
    }),
  );
  return { marks, at, provisionalBecause: await provisionalBecause() };

  async function provisionalBecause(): Promise<string | null> {
    if (missing.length > 0) return `There is no price of ${missing.join(', ')} now`;
    if (isProvisional) return 'A price is too old';
    return reasonToWait(knex, { marks, currency });
  }
}

/** Nothing is dealt at prices that were read longer ago: whoever read them may have stood still meanwhile. */
const OLDEST_MS = 60_000;

/**
 * A valuation at these prices and, where they are final, not too old by `now`, and dealing is not frozen, `deal` at it; all in `tx`. The
 * books are closed by it until the end of the transaction: nobody else values, deals or freezes meanwhile.
 */
export async function dealAt(
  tx: Knex,
  { marks, at, provisionalBecause: unread }: FundPrices,
  { currency, initialPrice, reason, now }: DealingTerms,
  deal: (nav: NavRow) => Promise<void>,
): Promise<Dealt> {
  await lockLedger(tx);
  const provisionalBecause = unread ?? (now() - at > OLDEST_MS ? 'The prices were read too long ago' : null);
  try {
    const nav = await recordValuation(tx, { at, marks, reason, provisionalBecause, currency, initialPrice });
    const heldBecause = provisionalBecause ?? (await reasonToHold(tx, now()));
    if (heldBecause === null) await deal(nav);
    return { nav, heldBecause };
  } catch (error) {
    if (error instanceof NoPrice || error instanceof MissingMark)
      return { nav: null, heldBecause: error.message };
    throw error;
  }
}

/** The price is right, and all the same nothing is dealt. */
async function reasonToHold(tx: Knex, now: number): Promise<string | null> {
  const freeze = await readFreeze(tx);
  if (freeze) return `Dealing is frozen: ${freeze.because}`;
  const compared = await latestComparison(tx);
  return compared && now - compared.at.getTime() > COMPARED_WITHIN_MS
    ? `The ledger has not been compared with the exchange since ${compared.at.toISOString()}`
    : null;
}

/** What counts in the fund's value and has a price, not what is only kept for somebody; and what its open orders are about. */
async function assetsToPrice(knex: Knex, currency: string): Promise<string[]> {
  const net = new Map<string, Decimal>();
  for (const { kind, asset, amount } of await ledgerTotals(knex)) {
    const counts = ACCOUNT_CLASSES[kind] === 'holding' || ACCOUNT_CLASSES[kind] === 'liability';
    if (counts && asset !== currency) net.set(asset, (net.get(asset) ?? new Decimal(0)).add(amount));
  }
  const held = [...net].flatMap(([asset, amount]) => (amount.isZero() ? [] : [asset]));
  const ordered = (await openOrders(knex))
    .flatMap(({ symbol }) => symbol.split('/'))
    .filter((asset) => asset !== currency);
  return [...new Set([...held, ...ordered])].toSorted();
}
