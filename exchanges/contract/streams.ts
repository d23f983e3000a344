import type { TestFn } from 'ava';
import type { AccountEvent, MarketEvent } from '../port.ts';
import { restingBuy, until } from './expect.ts';
import type { ContractVenue, OpenVenue } from './venue.ts';

export function streamsContract(test: TestFn, open: OpenVenue): void {
  test('contract: a market stream brings each trade, and says that it lives', async (t) => {
    const venue = await open(t);
    const { events } = watchMarket(venue);
    await tradeUntilLive(venue, events);
    trade(venue, '50123.45');
    await until(() => events.some((event) => event.type === 'trade' && event.price === '50123.45'));
    t.is(events[0]?.type, 'live');
  });

  test('contract: a candle comes once, when it has closed, none left out', async (t) => {
    const venue = await open(t);
    const candles: MarketEvent[] = [];
    const stop = venue.exchange.watchMarket(venue.symbol, '1s', (event) => {
      if (event.type === 'candle') candles.push(event);
    });
    await until(() => candles.length >= 4);
    stop();
    const times = candles.map((event) => (event.type === 'candle' ? event.candle.openTime : 0));
    t.deepEqual(
      times,
      times.map((_, index) => times[0]! + index * 1_000),
    );
    t.true(times.at(-1)! + 1_000 <= Date.now());
  });

  // Alone: sockets are counted for the whole process.
  test.serial(
    'contract: a thousand listeners cost the sockets of one, and the last to leave closes them',
    async (t) => {
      const venue = await open(t);
      await venue.exchange.balances();
      const before = openSockets();
      const first = watchMarket(venue);
      await tradeUntilLive(venue, first.events);
      const withOne = openSockets();
      const others = Array.from({ length: 999 }, (_, index) =>
        watchMarket(index % 2 === 0 ? venue : { ...venue, exchange: venue.neighbour }),
      );
      trade(venue, '50055');
      await until(() => others.every(({ events }) => events.some(({ type }) => type === 'trade')));
      t.is(openSockets(), withOne);
      first.stop();
      for (const { stop } of others) stop();
      await until(() => openSockets() <= before);
      t.pass();
    },
  );

  test('contract: a listener that throws does no harm to the others', async (t) => {
    const venue = await open(t);
    venue.exchange.watchMarket(venue.symbol, null, () => {
      throw new Error('a fault of one bot');
    });
    const { events } = watchMarket(venue);
    await tradeUntilLive(venue, events);
    t.pass();
  });

  test('contract: a late comer is told how the stream stands', async (t) => {
    const venue = await open(t);
    const early = watchMarket(venue);
    await tradeUntilLive(venue, early.events);
    const { events } = watchMarket(venue);
    await until(() => events.length >= 2);
    t.deepEqual(
      events.slice(0, 2).map(({ type }) => type),
      ['live', 'trade'],
    );
  });

  test('contract: a market stream that breaks is stale', async (t) => {
    const venue = await open(t);
    const { events } = watchMarket(venue);
    await tradeUntilLive(venue, events);
    await venue.shutDown();
    await until(() => events.at(-1)?.type === 'stale');
    const last = events.at(-1);
    t.true(last?.type === 'stale' && last.heardAt !== null && last.heardAt <= Date.now());
  });

  test('contract: an account stream tells of its own orders, by symbol', async (t) => {
    const venue = await open(t);
    const mine = watchAccount(venue, venue.symbol);
    const others = watchAccount(venue, venue.otherSymbol);
    await until(() => mine.some(({ type }) => type === 'reconnected'));
    const { orderId } = await venue.exchange.place(restingBuy(venue, 'streamed'));
    venue.counter({ side: 'SELL', price: '49000', quantity: '0.1' });
    await until(() => mine.some((event) => event.type === 'order' && event.status === 'FILLED'));
    const filled = mine.find((event) => event.type === 'order' && event.status === 'FILLED');
    t.like(filled, { symbol: venue.symbol, clientOrderId: 'streamed', orderId, filled: '0.1' });
    await venue.exchange.place(restingBuy(venue, 'cancelled'));
    await venue.exchange.cancel({ symbol: venue.symbol, clientOrderId: 'cancelled' });
    await until(() => mine.some((event) => event.type === 'order' && event.status === 'CANCELLED'));
    t.like(mine.at(-1), { clientOrderId: 'cancelled' });
    t.false(others.some(({ type }) => type === 'order'));
  });

  test('contract: events that come twice still name the same order', async (t) => {
    const venue = await open(t);
    const events = watchAccount(venue, venue.symbol);
    await until(() => events.length > 0);
    venue.strike({ kind: 'duplicate_events' });
    await venue.exchange.place(restingBuy(venue, 'doubled'));
    await until(() => events.some(({ type }) => type === 'order'));
    const ids = events.flatMap((event) => (event.type === 'order' ? [event.clientOrderId] : []));
    t.deepEqual([...new Set(ids)], ['doubled']);
    t.is(venue.accepted('doubled'), 1);
  });

  test('contract: an account stream that was dropped comes back, and says that something may be missing', async (t) => {
    const venue = await open(t);
    const events = watchAccount(venue, venue.symbol);
    const reconnects = (): number => events.filter(({ type }) => type === 'reconnected').length;
    await until(() => reconnects() === 1);
    venue.dropAccountStreams();
    await until(() => reconnects() === 2);
    await venue.exchange.place(restingBuy(venue, 'after-the-drop'));
    await until(() =>
      events.some((event) => event.type === 'order' && event.clientOrderId === 'after-the-drop'),
    );
    t.pass();
  });
}

function watchMarket({ exchange, symbol }: ContractVenue): { events: MarketEvent[]; stop: () => void } {
  const events: MarketEvent[] = [];
  return { events, stop: exchange.watchMarket(symbol, null, (event) => events.push(event)) };
}

function watchAccount({ exchange }: ContractVenue, symbol: string): AccountEvent[] {
  const events: AccountEvent[] = [];
  exchange.watchAccount(symbol, (event) => events.push(event));
  return events;
}

/** A stream says that it lives with the first thing it hears. */
async function tradeUntilLive(venue: ContractVenue, events: MarketEvent[]): Promise<void> {
  await until(() => {
    trade(venue, '50001');
    return events.some(({ type }) => type === 'live');
  });
}

function trade({ counter }: ContractVenue, price: string): void {
  counter({ side: 'SELL', price, quantity: '0.001' });
  counter({ side: 'BUY', price, quantity: '0.001' });
}

/** Sockets of this process, which holds both ends. */
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
