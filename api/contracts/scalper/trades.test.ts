import test from 'ava';
import { post } from '../../testing/example.ts';
import { startApi } from '../../testing/start-api.ts';

interface TradeBody {
  bot_id: string;
  quantity: number;
  pnl: number | null;
}

test('Trades are listed newest first with every column, for one bot or all, by pair and side', async (t) => {
  const { call, knex } = await startApi(t);
  const [first, second] = [(await post(call)).body.id, (await post(call)).body.id];
  const trade = { symbol: 'BTC/USDT', side: 'BUY', quantity: '0.01', price: '45000.5', exchange: 'Binance' };
  const at = (minute: number) => new Date(Date.UTC(2024, 0, 1, 0, minute));
  await knex('trades').insert([
    { ...trade, bot_id: first, exchange_order_id: '1', executed_at: at(1), commission: '0.45' },
    { ...trade, bot_id: first, exchange_order_id: '2', executed_at: at(2), side: 'SELL', pnl: '9.1' },
    { ...trade, bot_id: second, exchange_order_id: '3', executed_at: at(3), symbol: 'ETH/USDT' },
  ]);
  const list = async (path: string) => (await call<TradeBody[]>('GET', `/api/v1${path}`)).body;
  t.deepEqual(
    (await list('/trades/')).map(({ bot_id }) => bot_id),
    [second, first, first],
  );
  const ofBot = await list(`/bots/${first}/trades`);
  t.is(ofBot.length, 2);
  t.like(ofBot[0], {
    bot_id: first,
    side: 'SELL',
    quantity: 0.01,
    price: 45000.5,
    pnl: 9.1,
    extra_data: null,
  });
  t.like(ofBot[1], {
    pnl: null,
    commission: 0.45,
    exchange_order_id: '1',
    executed_at: '2024-01-01T00:01:00.000Z',
  });
  t.is((await list('/trades/?symbol=eth/usdt')).length, 1);
  t.is((await list('/trades/?side=BUY&limit=1&skip=1')).length, 1);
  t.is((await call('GET', '/api/v1/trades/?side=HOLD')).status, 422);
  t.is((await call('GET', '/api/v1/trades/?symbol=%00')).status, 422);
});
