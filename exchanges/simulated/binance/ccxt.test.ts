import test, { type ExecutionContext } from 'ava';
import ccxt, { type binance as Binance } from 'ccxt';
import { accountOf, ALICE, rest, startStillExchange, type StillExchange } from '../testing/still-exchange.ts';
import { movedTo } from '../testing/moved-to.ts';

function client(t: ExecutionContext, { url }: StillExchange, keys = ALICE): Binance {
  const exchange = new ccxt.binance({ ...keys });
  exchange.urls.api = movedTo(url, exchange.urls.api);
  t.teardown(() => exchange.close());
  return exchange;
}

test("ccxt's binance class loads markets, currencies and fees with nothing changed but its addresses", async (t) => {
  const binance = client(t, await startStillExchange(t));
  const markets = await binance.loadMarkets();
  t.deepEqual(Object.keys(markets).toSorted(), ['BTC/USDT', 'ETH/USDT']);
  const market = binance.market('BTC/USDT');
  t.is(market.spot, true);
  t.is(market.active, true);
  t.deepEqual([market.precision.price, market.precision.amount], [0.01, 0.00001]);
  t.is(market.limits.cost?.min, 5);
  t.is(binance.currencies['BTC']?.code, 'BTC');
  t.like(await binance.fetchTradingFee('BTC/USDT'), { symbol: 'BTC/USDT', maker: 0.001, taker: 0.001 });
});

test('ccxt places, reads, fills and cancels orders', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = client(t, exchange);
  rest(exchange.engine, { side: 'SELL', price: '50010', quantity: '0.5' });

  const resting = await binance.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 49_000, {
    clientOrderId: 'resting-1',
  });
  t.like(resting, { status: 'open', clientOrderId: 'resting-1', filled: 0, remaining: 0.1, price: 49_000 });
  t.is((await binance.fetchOpenOrders('BTC/USDT')).length, 1);

  const taking = await binance.createOrder('BTC/USDT', 'limit', 'buy', 0.2, 50_010, {
    clientOrderId: 'taking-1',
  });
  t.like(taking, { status: 'closed', filled: 0.2, cost: 10_002, average: 50_010 });
  t.is(taking.trades.length, 1);

  const read = await binance.fetchOrder('', 'BTC/USDT', { origClientOrderId: 'taking-1' });
  t.like(read, { id: taking.id, status: 'closed', filled: 0.2 });
  const [trade] = await binance.fetchMyTrades('BTC/USDT', undefined, undefined, { orderId: taking.id });
  t.like(trade, { order: taking.id, side: 'buy', price: 50_010, amount: 0.2, takerOrMaker: 'taker' });
  t.like(trade?.fee, { cost: 0.0002, currency: 'BTC' });

  const cancelled = await binance.cancelOrder(String(resting.id), 'BTC/USDT');
  t.is(cancelled.status, 'canceled');
  const balance = await binance.fetchBalance();
  t.is(balance['USDT']?.used, 0);
  t.is(balance['BTC']?.free, 100.1998);
  t.is((await binance.fetchOrders('BTC/USDT')).length, 2);
});

test('ccxt places market, stop and post-only orders and replaces one', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = client(t, exchange);
  rest(exchange.engine, { side: 'SELL', price: '50010', quantity: '0.5' });
  rest(exchange.engine, { side: 'BUY', price: '49990', quantity: '0.5' });

  const market = await binance.createOrder('BTC/USDT', 'market', 'sell', 0.1);
  t.like(market, { status: 'closed', average: 49_990 });
  const spent = await binance.createMarketBuyOrderWithCost('BTC/USDT', 1_000);
  t.is(spent.status, 'closed');
  t.true(Number(spent.cost) <= 1_000 && Number(spent.cost) > 999);

  const stop = await binance.createOrder('BTC/USDT', 'limit', 'sell', 0.1, 48_000, { stopPrice: 48_500 });
  t.like(stop, { status: 'open', triggerPrice: 48_500 });
  const postOnly = await binance.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 49_000, { postOnly: true });
  t.is(postOnly.status, 'open');
  await t.throwsAsync(binance.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 50_020, { postOnly: true }), {
    instanceOf: ccxt.OrderImmediatelyFillable,
  });
  const replaced = await binance.editOrder(String(postOnly.id), 'BTC/USDT', 'limit', 'buy', 0.2, 48_900);
  t.like(replaced, { status: 'open', amount: 0.2, price: 48_900 });
  await binance.cancelAllOrders('BTC/USDT');
  t.deepEqual(await binance.fetchOpenOrders('BTC/USDT'), []);
});

test('ccxt reads the public market data', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = client(t, exchange);
  rest(exchange.engine, { side: 'SELL', price: '50010', quantity: '0.5' });
  rest(exchange.engine, { side: 'BUY', price: '49990', quantity: '0.25' });
  await binance.createOrder('BTC/USDT', 'market', 'buy', 0.1);

  const book = await binance.fetchOrderBook('BTC/USDT');
  t.deepEqual(
    [book.bids[0], book.asks[0]],
    [
      [49_990, 0.25],
      [50_010, 0.4],
    ],
  );
  t.like(await binance.fetchTicker('BTC/USDT'), { last: 50_010, bid: 49_990, ask: 50_010, baseVolume: 0.1 });
  t.is((await binance.fetchTickers(['BTC/USDT', 'ETH/USDT']))['ETH/USDT']?.last, 3_000);
  t.is((await binance.fetchBidsAsks(['BTC/USDT']))['BTC/USDT']?.ask, 50_010);
  t.is((await binance.fetchLastPrices(['BTC/USDT']))['BTC/USDT']?.price, 50_010);
  t.like((await binance.fetchTrades('BTC/USDT'))[0], { price: 50_010, amount: 0.1, side: 'buy' });
  t.is((await binance.fetchOHLCV('BTC/USDT', '1m', undefined, 5)).at(-1)?.[4], 50_010);
  t.is((await binance.fetchStatus()).status, 'ok');
  t.true(Math.abs(((await binance.fetchTime()) ?? 0) - Date.now()) < 60_000);
});

test('ccxt recognises what is refused', async (t) => {
  const binance = client(t, await startStillExchange(t));
  const place = (amount: number, price: number, params = {}) =>
    binance.createOrder('BTC/USDT', 'limit', 'buy', amount, price, params);
  await t.throwsAsync(place(90, 50_000), { instanceOf: ccxt.InsufficientFunds });
  await t.throwsAsync(place(0.00002, 50_000), { message: /-1013.*Filter failure: NOTIONAL/ });
  await t.throwsAsync(place(0.1, 500_000), { message: /Filter failure: PERCENT_PRICE_BY_SIDE/ });
  await place(0.1, 49_000, { clientOrderId: 'same' });
  await t.throwsAsync(place(0.1, 49_000, { clientOrderId: 'same' }), {
    message: /-2010.*Duplicate order sent/,
  });
  await t.throwsAsync(binance.fetchOrder('1', 'BTC/USDT', { origClientOrderId: 'none' }), {
    instanceOf: ccxt.OrderNotFound,
  });
  await t.throwsAsync(binance.cancelOrder('999', 'BTC/USDT'), { instanceOf: ccxt.OrderNotFound });
  binance.secret = 'wrong-secret-0123456789';
  await t.throwsAsync(binance.fetchBalance(), { message: /-1022.*Signature/ });
});

test('a client order id may be used again once its order is over', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = client(t, exchange);
  const place = () =>
    binance.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 49_000, { clientOrderId: 'again' });
  const first = await place();
  await binance.cancelOrder(String(first.id), 'BTC/USDT');
  const second = await place();
  t.not(first.id, second.id);
  t.is((await binance.fetchOrder('', 'BTC/USDT', { origClientOrderId: 'again' })).id, second.id);
  t.like(exchange.control.effects('alice').doubled, [{ clientOrderId: 'again', accepted: 2 }]);
});

test('ccxt reads what a key may do, of the key that asks and not of its account', async (t) => {
  const exchange = await startStillExchange(t);
  const [reader, withdrawer] = ['reader-key-0123456789', 'withdrawer-key-0123'];
  const { keys: _, ...account } = accountOf('carol', ALICE);
  const key = (name: string, withdraw: boolean, ips: string[]) => ({
    ...{ key: name, secret: 'secret-0123456789', ips },
    permissions: { read: true, trade: !withdraw, withdraw },
  });
  const both = [key(reader, false, []), key(withdrawer, true, ['127.0.0.1'])];
  exchange.engine.openAccount({ ...account, keys: both });
  const rights = (apiKey: string) =>
    client(t, exchange, { apiKey, secret: 'secret-0123456789' }).sapiGetAccountApiRestrictions();
  t.like(await rights(reader), {
    ...{ enableWithdrawals: false, enableSpotAndMarginTrading: true, ipRestrict: false, enableReading: true },
  });
  t.like(await rights(withdrawer), {
    ...{ enableWithdrawals: true, enableSpotAndMarginTrading: false, ipRestrict: true, enableReading: true },
  });
});
