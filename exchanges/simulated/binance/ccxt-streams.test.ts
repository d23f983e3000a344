import test, { type ExecutionContext } from 'ava';
import ccxt from 'ccxt';
import { ALICE, rest, startStillExchange, type StillExchange } from '../testing/still-exchange.ts';
import { movedTo } from '../testing/moved-to.ts';

type Client = InstanceType<typeof ccxt.pro.binance>;

async function client(t: ExecutionContext, { url }: StillExchange): Promise<Client> {
  const exchange = new ccxt.pro.binance({ ...ALICE });
  exchange.urls.api = movedTo(url, exchange.urls.api);
  t.teardown(() => exchange.close());
  // ccxt asks for this once before it opens a WebSocket without TLS.
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  return exchange;
}

/** Does `act` again and again until `watched` is there: a stream tells only what happens once it is open. */
async function whileWaiting<T>(watched: Promise<T>, act: () => unknown): Promise<T> {
  const timer = setInterval(act, 50);
  try {
    return await watched;
  } finally {
    clearInterval(timer);
  }
}

/** Trades one satoshi's worth through the engine, at a price of its own each time. */
function trader({ engine }: StillExchange): () => void {
  let price = 50_000;
  return () => {
    price += 1;
    rest(engine, { side: 'SELL', price: String(price), quantity: '0.01' });
    engine.submit('alice', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      timeInForce: 'GTC',
      clientOrderId: `taker-${price}`,
      quantity: '0.01',
      quoteQuantity: null,
      price: null,
      stopPrice: null,
    });
    rest(engine, { side: 'BUY', price: String(price - 1_000), quantity: '0.01' });
  };
}

test('ccxt.pro watches trades, tickers, the book and candles', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = await client(t, exchange);
  const trade = trader(exchange);
  rest(exchange.engine, { side: 'BUY', price: '49000', quantity: '0.01' });

  const [trades, ticker, mini, top, book, candles] = await whileWaiting(
    Promise.all([
      binance.watchTrades('BTC/USDT'),
      binance.watchTicker('BTC/USDT'),
      binance.watchTickers(['BTC/USDT'], { name: 'miniTicker' }),
      binance.watchBidsAsks(['BTC/USDT']),
      binance.watchOrderBook('BTC/USDT'),
      binance.watchOHLCV('BTC/USDT', '1m'),
    ]),
    trade,
  );
  t.like(trades[0], { symbol: 'BTC/USDT', amount: 0.01, side: 'buy' });
  t.true(Number(ticker.last) > 50_000);
  t.true(Number(mini['BTC/USDT']?.last) > 50_000);
  t.true(Number(top['BTC/USDT']?.bid) > 40_000);
  t.true(book.bids.length > 0);
  t.true(Number(candles[0]?.[5]) > 0);
});

test('the book that ccxt.pro keeps from updates equals the one it fetches', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = await client(t, exchange);
  const trade = trader(exchange);
  for (let update = 0; update < 5; update += 1) await whileWaiting(binance.watchOrderBook('BTC/USDT'), trade);
  const fetched = await binance.fetchOrderBook('BTC/USDT', 1000);
  await until(() => Number(binance.orderbooks['BTC/USDT']?.nonce) >= Number(fetched.nonce));
  const kept = binance.orderbooks['BTC/USDT'];
  t.deepEqual([...(kept?.bids ?? [])], fetched.bids);
  t.deepEqual([...(kept?.asks ?? [])], fetched.asks);
});

test('ccxt.pro watches its own orders, trades and balance', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = await client(t, exchange);
  await binance.authenticate();
  const orders = binance.watchOrders('BTC/USDT');
  const balance = binance.watchBalance();
  const placed = await binance.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 49_000, {
    clientOrderId: 'watched-1',
  });
  t.like((await orders)[0], { id: placed.id, clientOrderId: 'watched-1', status: 'open', amount: 0.1 });
  t.is((await balance)['USDT']?.used, 4_900);

  const trades = binance.watchMyTrades('BTC/USDT');
  const filled = binance.watchOrders('BTC/USDT');
  rest(exchange.engine, { side: 'SELL', price: '49000', quantity: '0.1' });
  t.like((await trades)[0], { order: placed.id, price: 49_000, amount: 0.1, takerOrMaker: 'maker' });
  t.like((await filled).at(-1), { id: placed.id, status: 'closed', filled: 0.1 });
});

test('a cancel is told with the client order id of the order', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = await client(t, exchange);
  await binance.authenticate();
  const placed = await binance.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 49_000, {
    clientOrderId: 'gone-1',
  });
  const orders = binance.watchOrders('BTC/USDT');
  await binance.cancelOrder(String(placed.id), 'BTC/USDT');
  const events = await orders;
  t.like(events.at(-1), { id: placed.id, clientOrderId: 'gone-1', status: 'canceled' });
});

test('ccxt.pro trades over the WebSocket API', async (t) => {
  const exchange = await startStillExchange(t);
  const binance = await client(t, exchange);
  const placed = await binance.createOrderWs('BTC/USDT', 'limit', 'buy', 0.1, 49_000, {
    clientOrderId: 'ws-1',
  });
  t.like(placed, { clientOrderId: 'ws-1', status: 'open' });
  t.is((await binance.fetchOrderWs(String(placed.id), 'BTC/USDT')).id, placed.id);
  t.is((await binance.fetchOpenOrdersWs('BTC/USDT')).length, 1);
  const { info } = await binance.fetchBalanceWs();
  t.like(
    info.balances.find(({ asset }: { asset: string }) => asset === 'USDT'),
    { locked: '4900.00000000' },
  );
  t.is((await binance.cancelOrderWs(String(placed.id), 'BTC/USDT')).status, 'canceled');
  await t.throwsAsync(binance.createOrderWs('BTC/USDT', 'limit', 'buy', 0.00001, 49_000), {
    message: /NOTIONAL/,
  });
  t.true((await binance.fetchOHLCVWs('BTC/USDT', '1m')).length > 0);
});

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 20));
}
