import { setTimeout as sleep } from 'node:timers/promises';
import type { TestFn } from 'ava';
import type { Candle } from '../../bots/market.ts';
import { failure, until } from './expect.ts';
import type { OpenVenue } from './venue.ts';

export function marketContract(test: TestFn, open: OpenVenue): void {
  test('contract: a market has its rules in exact amounts', async (t) => {
    const { exchange, symbol } = await open(t);
    const market = await exchange.market(symbol);
    const [base, quote] = symbol.split('/');
    t.like(market, { symbol, base, quote, tickSize: '0.01', stepSize: '0.00001', minNotional: '5' });
    t.regex(market.takerFee, /^0\.\d+$/);
  });

  test('contract: a market that is not listed is an unknown market, found before anything is sent', async (t) => {
    const { exchange, neighbour, symbol, requests } = await open(t);
    await exchange.market(symbol);
    await neighbour.balances();
    const before = requests();
    for (const unlisted of ['NOPE/USDT', symbol.replace('/', ''), '__proto__', '']) {
      const error = await failure(t, exchange.openOrders(unlisted));
      t.like(error, { code: 'unknown_market', phase: 'before_call', final: true });
    }
    t.is(requests(), before);
  });

  test('contract: the price is the last trade', async (t) => {
    const { exchange, symbol, price, counter } = await open(t);
    t.is((await exchange.price(symbol)).price, price);
    counter({ side: 'SELL', price: '50000.01', quantity: '1' });
    counter({ side: 'BUY', price: '50000.01', quantity: '0.5' });
    t.is((await exchange.price(symbol)).price, '50000.01');
  });

  test('contract: candles are closed, oldest first, as many as asked for', async (t) => {
    const { exchange, symbol, counter } = await open(t);
    counter({ side: 'SELL', price: '50100', quantity: '1' });
    counter({ side: 'BUY', price: '50100', quantity: '0.5' });
    const start = Date.now();
    let candles: Candle[] = [];
    await until(async () => {
      await sleep(100);
      candles = await exchange.candles(symbol, '1s', { limit: 3 });
      return candles.some(({ volume }) => volume > 0);
    });
    t.true(candles.length <= 3);
    t.true(candles.every(({ openTime }) => openTime % 1000 === 0 && openTime + 1000 <= Date.now() + 50));
    t.deepEqual(
      candles,
      candles.toSorted((a, b) => a.openTime - b.openTime),
    );
    const traded = candles.find(({ volume }) => volume > 0);
    t.like(traded, { high: 50_100, close: 50_100, volume: 0.5 });
    const since = await exchange.candles(symbol, '1s', { since: traded!.openTime, limit: 1 });
    t.deepEqual(since, [traded!]);
    t.true(traded!.openTime >= start - 1000);
  });

  test('contract: balances are exact, what an order holds is locked', async (t) => {
    const { exchange, symbol } = await open(t);
    const quote = symbol.split('/')[1]!;
    const before = (await exchange.balances()).find(({ asset }) => asset === quote);
    await exchange.place({
      symbol,
      clientOrderId: 'locks-some',
      side: 'BUY',
      type: 'LIMIT',
      quantity: '0.00123',
      price: '49999.99',
      sendBefore: Date.now() + 5_000,
    });
    const after = (await exchange.balances()).find(({ asset }) => asset === quote);
    t.is(before?.locked, '0');
    t.is(after?.locked, '61.4999877');
  });
}
