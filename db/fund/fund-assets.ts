import type { Knex } from 'knex';
import { netAssets } from '../../bots/fund/valuation.ts';
import type { Amount } from '../../bots/money.ts';
import { ledgerTotals } from './ledger-balances.ts';
import { latestValuation, type NavRow } from './nav-history.ts';

/** What the fund has of an asset for its holders, wherever it is: less what it owes to depositors and payees. */
export interface FundAsset {
  asset: string;
  /** Not in orders. Negative where more is owed than there is. */
  free: Amount;
  /** In orders of its bot. */
  locked: Amount;
  /** In the fund's currency, at the mark of the newest valuation; null where that has none. */
  value: Amount | null;
}

/** What its bot holds. */
export interface OpenPosition {
  symbol: string;
  /** Negative where it is short. */
  quantity: Amount;
  /** Average. */
  price: Amount;
  realised: Amount;
}

export interface FundAssets {
  valuation: NavRow | null;
  assets: FundAsset[];
  positions: OpenPosition[];
}

/**
 * What the fund consists of, as its ledger and its bot's orders are now. The values of its assets are together what a valuation at
 * these marks would find.
 */
export async function readFundAssets(knex: Knex, { currency }: { currency: string }): Promise<FundAssets> {
  const [valuation, totals, locked, positions] = await Promise.all([
    latestValuation(knex),
    ledgerTotals(knex),
    lockedInOrders(knex),
    openPositions(knex),
  ]);
  const held = netAssets(totals).filter(([asset, amount]) => !amount.isZero() || locked.has(asset));
  const marks: Record<string, Amount> = { ...valuation?.marks, [currency]: '1' };
  const assets = held.map(([asset, amount]) => {
    const inOrders = locked.get(asset) ?? '0';
    const mark = Object.hasOwn(marks, asset) ? marks[asset]! : null;
    return {
      asset,
      free: amount.sub(inOrders).toFixed(),
      locked: inOrders,
      value: mark === null ? null : amount.mul(mark).toFixed(),
    };
  });
  return { valuation, assets, positions };
}

async function lockedInOrders(knex: Knex): Promise<Map<string, Amount>> {
  const { rows } = await knex.raw<{ rows: { asset: string; amount: Amount }[] }>(LOCKED);
  return new Map(rows.map(({ asset, amount }) => [asset, amount]));
}

const LOCKED = `
SELECT split_part(o.symbol, '/', CASE o.side WHEN 'BUY' THEN 2 ELSE 1 END) AS asset,
  trim_scale(sum((o.quantity - o.filled) * CASE o.side WHEN 'BUY' THEN coalesce(o.price, 0) ELSE 1 END)) AS amount
FROM fund_state f JOIN bots b ON b.user_id = f.owner_id JOIN orders o ON o.bot_id = b.id
WHERE o.status = 'OPEN' GROUP BY 1`;

async function openPositions(knex: Knex): Promise<OpenPosition[]> {
  const { rows } = await knex.raw<{ rows: OpenPosition[] }>(POSITIONS);
  return rows;
}

const POSITIONS = `
SELECT replace(b.ticker, '/', '') AS symbol, trim_scale(p.quantity) AS quantity,
  trim_scale(round(p.cost / abs(p.quantity), 12)) AS price, trim_scale(p.realised) AS realised
FROM fund_state f JOIN bots b ON b.user_id = f.owner_id JOIN positions p ON p.bot_id = b.id
WHERE p.quantity <> 0`;
