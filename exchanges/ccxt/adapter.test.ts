import test, { type ExecutionContext } from 'ava';
import { exchangeContract, type ContractVenue, type VenueFault } from '../contract/suite.ts';
import { until } from '../contract/expect.ts';
import type { FaultInput } from '../simulated/control/faults.ts';
import { accountOf, ALICE, BOB, BTCUSDT, startStillExchange } from '../simulated/testing/still-exchange.ts';
import type { Engine } from '../simulated/engine/types.ts';
import { createCcxtExchange } from './adapter.ts';
import { binance } from './binance.ts';
import { createVenue } from './venue.ts';

exchangeContract(test, (t) => openSimulatedBinance(t));

test('amounts that no float holds come through as they are', async (t) => {
  const { exchange, engine } = await openSimulatedBinance(t);
  const [quantity, price] = ['0.00000003', '12345678901.12345678'];
  const tick = { tickSize: '0.00000001', stepSize: '0.00000001', minQuantity: '0.00000001' };
  engine.addSymbol({ ...BTCUSDT, ...tick, symbol: 'BIGUSDT', base: 'BIG', maxPrice: '90000000000' }, price);
  const at = { symbol: 'BIG/USDT', side: 'BUY', type: 'LIMIT', sendBefore: Date.now() + 60_000 } as const;
  t.like(await exchange.market(at.symbol), { tickSize: '0.00000001', maxQuantity: '9000' });
  t.is((await exchange.price(at.symbol)).price, price);
  t.like(await exchange.place({ ...at, clientOrderId: 'exact', quantity, price }), { quantity, price });
  const key = { symbol: at.symbol, clientOrderId: 'exact' };
  t.like(await exchange.orderByClientId(key), { quantity, price });
  t.like((await exchange.openOrders(at.symbol))[0], { quantity, price });
  engine.openAccount({ ...accountOf('dave', DAVE), balances: { BIG: '1' } });
  engine.submit('dave', { ...COUNTER, symbol: 'BIGUSDT', side: 'SELL', clientOrderId: 'c', quantity, price });
  const { orderId } = (await exchange.orderByClientId(key))!;
  t.like((await exchange.fillsOfOrder({ symbol: at.symbol, orderId }))[0], { quantity, price });
});

test('a market order has a most of its own', async (t) => {
  const { exchange, symbol } = await openSimulatedBinance(t);
  t.like(await exchange.market(symbol), { maxQuantity: '9000', maxMarketQuantity: '100' });
  const order = { symbol, side: 'SELL', price: null, sendBefore: Date.now() + 60_000 } as const;
  const error = await t.throwsAsync(
    exchange.place({ ...order, type: 'MARKET', clientOrderId: 'large', quantity: '100.00001' }),
  );
  t.regex(error?.message ?? '', /MARKET_LOT_SIZE/);
});

test("a key's rights are the venue's word, and an unknown key has none", async (t) => {
  const { engine, url } = await startStillExchange(t);
  const venue = await createVenue(binance, { endpoint: url as `http://${string}` });
  t.teardown(() => venue.close());
  const rightsOf = (credentials: typeof DAVE) => createCcxtExchange(venue, credentials).keyRights();
  t.deepEqual(await rightsOf(ALICE), { canTrade: true, canWithdraw: false, isAddressBound: false });
  const permissions = { read: true, trade: false, withdraw: true };
  engine.openAccount(accountOf('dave', DAVE, { permissions, ips: ['127.0.0.1'] }));
  t.deepEqual(await rightsOf(DAVE), { canTrade: false, canWithdraw: true, isAddressBound: true });
  for (const wrong of [
    { ...ALICE, apiKey: 'nobodys-key-0123' },
    { ...ALICE, secret: 'another-secret' },
  ])
    t.like(await t.throwsAsync(rightsOf(wrong)), { code: 'bad_credentials', phase: 'refused', final: true });
  // As on the test network, which has no wallet.
  delete venue.client.urls.api['sapi'];
  t.deepEqual(await rightsOf(ALICE), { canTrade: true, canWithdraw: false, isAddressBound: null });
  t.like(await t.throwsAsync(rightsOf({ ...ALICE, secret: 'another-secret' })), { code: 'bad_credentials' });
});

test('fills of more pages than one are read to the last', async (t) => {
  const { exchange, symbol, counter } = await openSimulatedBinance(t, { ...binance, pageSize: 2 });
  for (let n = 0; n < 5; n++) counter({ side: 'SELL', price: '50000', quantity: '0.01' });
  const order = await exchange.place({
    symbol,
    clientOrderId: 'five',
    side: 'BUY',
    type: 'MARKET',
    quantity: '0.05',
    price: null,
    sendBefore: Date.now() + 60_000,
  });
  const fills = await exchange.fillsOfOrder({ symbol, orderId: order.orderId });
  t.is(new Set(fills.map(({ tradeId }) => tradeId)).size, 5);
});

test('orders of more pages than one are read to the last, from a moment on', async (t) => {
  const { exchange, symbol } = await openSimulatedBinance(t, { ...binance, pageSize: 2 });
  const placed: string[] = [];
  for (let n = 0; n < 5; n++) {
    const clientOrderId = `order-${n}`;
    await exchange.place({
      ...{ symbol, clientOrderId, side: 'BUY', type: 'LIMIT', quantity: '0.01', price: '49000' },
      sendBefore: Date.now() + 60_000,
    });
    placed.push(clientOrderId);
  }
  await exchange.cancel({ symbol, clientOrderId: placed[0]! });
  const orders = await exchange.ordersSince({ symbol, since: 0 });
  t.deepEqual(
    orders.map(({ clientOrderId }) => clientOrderId),
    placed,
  );
  t.like(orders[0], { status: 'CANCELLED', filled: '0' });
  const newest = Math.max(...orders.map(({ at }) => at));
  t.deepEqual(await exchange.ordersSince({ symbol, since: newest + 1 }), []);
});

test('a venue that does not mark closed candles brings them all the same', async (t) => {
  const { exchange, symbol } = await openSimulatedBinance(t, { ...binance, closedCandle: () => null });
  const times: number[] = [];
  exchange.watchMarket(symbol, '1s', (event) => {
    if (event.type === 'candle') times.push(event.candle.openTime);
  });
  await until(() => times.length >= 3);
  t.deepEqual(
    times,
    times.map((_, index) => times[0]! + index * 1_000),
  );
});

async function openSimulatedBinance(
  t: ExecutionContext,
  profile = binance,
): Promise<ContractVenue & { engine: Engine }> {
  const simulated = await startStillExchange(t);
  const { control, engine } = simulated;
  engine.openAccount(accountOf('carol', CAROL));
  const venue = await createVenue(profile, {
    endpoint: simulated.url as `http://${string}`,
    timeoutMs: 5_000,
    lingerMs: 0,
  });
  const open: ContractVenue['open'] = (credentials) => {
    const exchange = createCcxtExchange(venue, credentials);
    t.teardown(() => exchange.close());
    return exchange;
  };
  t.teardown(() => venue.close());
  let counters = 0;
  return {
    engine,
    exchange: open(ALICE),
    neighbour: open(BOB),
    open,
    symbol: 'BTC/USDT',
    otherSymbol: 'ETH/USDT',
    price: '50000',
    counter: ({ side, ...order }) =>
      void engine.submit(side === 'SELL' ? 'bob' : 'carol', {
        ...COUNTER,
        clientOrderId: `counter-${++counters}`,
        side,
        ...order,
      }),
    strike: (fault) => control.addFault(toControl(fault)),
    skewClock: (ms) => control.skewClock(ms),
    accepted: (id) => control.effects('alice').accounts['alice']?.[id]?.length ?? 0,
    requests: () => control.requests(0).length,
    dropAccountStreams: () => control.dropUserStreams(null),
    shutDown: () => simulated.close(),
  };
}

const DAVE = { apiKey: 'dave-key-0123456789', secret: 'dave-secret-0123456789' };
const CAROL = { apiKey: 'carol-key-0123456789', secret: 'carol-secret-0123456789' };
const COUNTER = {
  symbol: 'BTCUSDT',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quoteQuantity: null,
  stopPrice: null,
} as const;

/** The control API's words for the suite's faults; each strikes the next order that is placed. */
function toControl(fault: VenueFault): FaultInput {
  const next = { match: { method: 'POST', path: '/api/v3/order' }, times: 1 };
  switch (fault.kind) {
    case 'server_error':
      return { kind: 'status', status: 503, effect: true, ...next };
    case 'timeout':
    case 'malformed_json':
      return { kind: fault.kind, effect: true, ...next };
    case 'rate_limited':
      return { kind: fault.kind, retryAfterSeconds: fault.seconds, ...next };
    case 'banned':
      return { kind: fault.kind, ms: fault.seconds * 1_000, ...next };
    case 'duplicate_events':
      return { kind: fault.kind };
    default:
      return { kind: fault.kind, ...next };
  }
}
