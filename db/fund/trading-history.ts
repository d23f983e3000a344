import type { Knex } from 'knex';
import type { TradeSums } from '../../bots/fund/performance.ts';
import type { Amount } from '../../bots/money.ts';
import type { Side } from '../../bots/orders.ts';

/** A row of `trading_history`: one order of the fund's bot with something filled. */
export interface FundTrade {
  id: number;
  /** As the venue writes it: `BTCUSDC`. */
  symbol: string;
  side: Side;
  /** Average. */
  price: Amount;
  quantity: Amount;
  /** Null for a trade that opens. */
  profit_loss: Amount | null;
  /** In the fund's currency. */
  fee: Amount;
  exchange_order_id: string;
  executed_at: Date;
}

/** Writes a trade once, whoever finds it. Returns whether it was new. */
export async function recordFundTrade(knex: Knex, trade: Omit<FundTrade, 'id'>): Promise<boolean> {
  const ids = await knex('trading_history')
    .insert(trade)
    .onConflict('exchange_order_id')
    .ignore()
    .returning<{ id: number }[]>('id');
  return ids.length > 0;
}

/** Newest first, with how many there are in all. */
export async function listFundTrades(
  knex: Knex,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<{ trades: FundTrade[]; total: number }> {
  const [trades, [counted]] = await Promise.all([
    knex<FundTrade>('trading_history')
      .orderBy('executed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .offset(offset),
    knex('trading_history').count<{ total: number }[]>({ total: '*' }),
  ]);
  return { trades, total: counted?.total ?? 0 };
}

/** What came of the trades that closed something, and what is in the fund to set it against: paid in, less paid out. */
export async function sumFundTrades(
  knex: Knex,
  { currency }: { currency: string },
): Promise<TradeSums & { capital: Amount }> {
  const { rows } = await knex.raw<{ rows: [TradeSums & { capital: Amount }] }>(SUMS, [currency]);
  return rows[0];
}

const SUMS = `
SELECT count(*) FILTER (WHERE profit_loss > 0) AS winning, count(*) FILTER (WHERE profit_loss <= 0) AS losing,
  trim_scale(coalesce(sum(profit_loss) FILTER (WHERE profit_loss > 0), 0)) AS profit,
  trim_scale(coalesce(-sum(profit_loss) FILTER (WHERE profit_loss < 0), 0)) AS loss,
  (SELECT trim_scale(coalesce(-sum(amount), 0)) FROM ledger_totals_at('infinity')
    WHERE kind = 'capital' AND asset = ?) AS capital
FROM trading_history`;
