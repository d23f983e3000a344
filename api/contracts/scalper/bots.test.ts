import test from 'ava';
import { startApi } from '../../testing/start-api.ts';

export const EXAMPLE = {
  ticker: 'BTC/USDT',
  exchange: 'Binance',
  first_order: 'BUY',
  quantity: 0.01,
  buy_price: 45000.5,
  sell_price: 46000,
  trailing_percent: 1.5,
  infinite_loop: true,
};

test('scalper-bot 1: an empty database lists no bots, with and without the last slash', async (t) => {
  const { call } = await startApi(t);
  for (const path of ['/api/v1/bots/', '/api/v1/bots']) {
    const { status, body } = await call('GET', path);
    t.is(status, 200);
    t.deepEqual(body, []);
  }
});

test('scalper-bot 2: the example creates a running bot', async (t) => {
  const { call } = await startApi(t);
  const { status, body } = await call('POST', '/api/v1/bots/', EXAMPLE);
  t.is(status, 201);
  t.like(body, { ...EXAMPLE, status: 'ACTIVE', pnl: 0, total_trades: 0, last_fill_time: null });
  t.regex(body.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  t.is(body.created_at, body.updated_at);
});
