import type { Knex } from 'knex';

/** A bot with what it has traded; trades by their result (null: it opened) and when. */
export async function tradingBot(
  knex: Knex,
  userId: string | null,
  {
    trades = [],
    ...columns
  }: { trades?: readonly (readonly [pnl: string | null, at: string, symbol?: string])[] } & Record<
    string,
    unknown
  > = {},
): Promise<string> {
  const pingPong = { first_order: 'BUY', quantity: '0.01', buy_price: '45000', sell_price: '46000' };
  const [{ id }] = (await knex('bots')
    .insert({ user_id: userId, ticker: 'BTC/USDT', exchange: 'Binance', ...pingPong, ...columns })
    .returning('id')) as [{ id: string }];
  for (const [pnl, at, symbol = 'BTC/USDT'] of trades)
    await knex('trades').insert({
      ...{ bot_id: id, symbol, exchange: 'Binance', quantity: '0.01', price: '45000.5' },
      ...{ side: pnl === null ? 'BUY' : 'SELL', pnl, executed_at: at },
    });
  return id;
}
