import { Spot, SpotRestAPI } from '@binance/spot';
import test from 'ava';
import { ALICE, rest, startStillExchange, type StillExchange } from '../testing/still-exchange.ts';

function connector({ url }: StillExchange): Spot {
  const keys = { apiKey: ALICE.apiKey, apiSecret: ALICE.secret };
  const ws = url.replace('http', 'ws');
  return new Spot({
    configurationRestAPI: { ...keys, basePath: url },
    configurationWebsocketAPI: { ...keys, wsURL: `${ws}/ws-api/v3` },
    configurationWebsocketStreams: { wsURL: ws },
  });
}

test("Binance's own connector places, reads and cancels orders", async (t) => {
  const exchange = await startStillExchange(t);
  const { restAPI } = connector(exchange);
  rest(exchange.engine, { side: 'SELL', price: '50010', quantity: '0.5' });

  const answer = await restAPI.newOrder({
    symbol: 'BTCUSDT',
    side: SpotRestAPI.NewOrderSideEnum.BUY,
    type: SpotRestAPI.NewOrderTypeEnum.LIMIT,
    timeInForce: SpotRestAPI.NewOrderTimeInForceEnum.GTC,
    quantity: 0.1,
    price: 50_010,
    newClientOrderId: 'connector-1',
  });
  const placed = await answer.data();
  t.like(placed, {
    symbol: 'BTCUSDT',
    clientOrderId: 'connector-1',
    status: 'FILLED',
    executedQty: '0.10000000',
    cummulativeQuoteQty: '5001.00000000',
  });
  t.like(placed.fills?.[0], { price: '50010.00000000', qty: '0.10000000', commissionAsset: 'BTC' });
  t.deepEqual(answer.rateLimits?.map(({ rateLimitType, count }) => [rateLimitType, count]).toSorted(), [
    ['ORDERS', 0],
    ['ORDERS', 0],
    ['REQUEST_WEIGHT', 1],
  ]);

  const resting = await (
    await restAPI.newOrder({
      symbol: 'BTCUSDT',
      side: SpotRestAPI.NewOrderSideEnum.SELL,
      type: SpotRestAPI.NewOrderTypeEnum.LIMIT,
      timeInForce: SpotRestAPI.NewOrderTimeInForceEnum.GTC,
      quantity: 0.1,
      price: 51_000,
    })
  ).data();
  t.regex(resting.clientOrderId ?? '', /^[A-Za-z0-9]{22}$/);
  const orderId = Number(resting.orderId);
  t.like(await (await restAPI.getOrder({ symbol: 'BTCUSDT', orderId })).data(), {
    status: 'NEW',
    isWorking: true,
  });
  t.is((await (await restAPI.getOpenOrders({ symbol: 'BTCUSDT' })).data()).length, 1);
  const cancelled = await (await restAPI.deleteOrder({ symbol: 'BTCUSDT', orderId })).data();
  t.like(cancelled, { status: 'CANCELED', origClientOrderId: resting.clientOrderId });
  const [trade] = await (await restAPI.myTrades({ symbol: 'BTCUSDT' })).data();
  t.like(trade, { price: '50010.00000000', qty: '0.10000000', isBuyer: true, isMaker: false });
  const account = await (await restAPI.getAccount({ omitZeroBalances: true })).data();
  t.like(
    account.balances?.find(({ asset }) => asset === 'USDT'),
    { free: '994999.00000000', locked: '0.00000000' },
  );
});

test("Binance's own connector reads market data and errors", async (t) => {
  const exchange = await startStillExchange(t);
  const { restAPI } = connector(exchange);
  rest(exchange.engine, { side: 'SELL', price: '50010', quantity: '0.5' });
  const info = await (await restAPI.exchangeInfo({ symbol: 'BTCUSDT' })).data();
  t.is(info.symbols?.[0]?.baseAsset, 'BTC');
  t.deepEqual((await (await restAPI.depth({ symbol: 'BTCUSDT', limit: 5 })).data()).asks, [
    ['50010.00000000', '0.50000000'],
  ]);
  await t.throwsAsync(restAPI.depth({ symbol: 'NOSUCH' }), { message: 'Invalid symbol.' });
  await t.throwsAsync(restAPI.getOrder({ symbol: 'BTCUSDT', orderId: 99 }), {
    message: 'Order does not exist.',
  });
});

test("Binance's own connector hears a market stream and its user data stream", async (t) => {
  const exchange = await startStillExchange(t);
  const { websocketAPI, websocketStreams } = connector(exchange);

  const streams = await websocketStreams.connect();
  t.teardown(() => void streams.disconnect());
  const trades = streams.trade({ symbol: 'btcusdt' });
  const heard = new Promise((resolve) => trades.on('message', resolve));

  const api = await websocketAPI.connect();
  t.teardown(() => void api.disconnect());
  const reports: object[] = [];
  const { stream } = await api.userDataStreamSubscribeSignature();
  stream.on('message', (event) => {
    reports.push(event);
  });

  const order = await api.orderPlace({
    symbol: 'BTCUSDT',
    side: 'BUY' as never,
    type: 'LIMIT' as never,
    timeInForce: 'GTC' as never,
    quantity: 0.1,
    price: 50_000,
    newClientOrderId: 'over-ws',
  });
  t.like(order.data, { clientOrderId: 'over-ws', status: 'NEW' });
  const waiting = setInterval(() => rest(exchange.engine, { price: '50000', quantity: '0.01' }), 50);
  t.like(await heard, { e: 'trade', s: 'BTCUSDT', p: '50000.00000000', q: '0.01000000' });
  clearInterval(waiting);
  while (!reports.some((report) => 'x' in report && report.x === 'TRADE')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.like(reports[0], { e: 'executionReport', x: 'NEW', c: 'over-ws', X: 'NEW' });
});
