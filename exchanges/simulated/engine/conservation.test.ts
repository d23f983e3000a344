import { createHash } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { type Clock, openMarket, rejection } from '../testing/market.ts';
import { ONE, unitsOf } from './amounts.ts';
import { createEngine } from './engine.ts';
import type { Engine, EngineOrder, NewOrder, StateRecord } from './types.ts';

const SYMBOLS = ['BTCUSDT', 'BNBUSDT'];
const TRADERS = ['received', 'quote', 'BNB', 'poor'];
const ACCOUNTS = [...TRADERS, 'house', 'house:fees'];

interface Action {
  kind: 'submit' | 'cancel';
  account: string;
  order: NewOrder;
  /** Which of the open orders to cancel. */
  pick: number;
}

const actions = fc.array(
  fc
    .record({
      kind: fc.constantFrom('submit', 'submit', 'submit', 'cancel'),
      account: fc.constantFrom(...TRADERS, 'house'),
      symbol: fc.constantFrom(...SYMBOLS),
      side: fc.constantFrom('BUY', 'SELL'),
      type: fc.constantFrom(
        'LIMIT',
        'LIMIT',
        'LIMIT',
        'MARKET',
        'LIMIT_MAKER',
        'STOP_LOSS',
        'STOP_LOSS_LIMIT',
        'TAKE_PROFIT',
        'TAKE_PROFIT_LIMIT',
      ),
      timeInForce: fc.constantFrom('GTC', 'GTC', 'IOC', 'FOK'),
      clientOrderId: fc.nat(500).map(String),
      quantity: fc.integer({ min: 1, max: 100_000 }).map((steps) => (steps / 100_000).toFixed(5)),
      byQuote: fc.boolean(),
      price: fc.integer({ min: 9_996, max: 10_004 }).map((ticks) => (ticks / 100).toFixed(2)),
      stopPrice: fc.integer({ min: 9_996, max: 10_004 }).map((ticks) => (ticks / 100).toFixed(2)),
      pick: fc.nat(50),
    })
    .map(({ byQuote, kind, account, pick, ...order }) => {
      const quote = order.type === 'MARKET' && byQuote;
      return {
        kind,
        account,
        pick,
        order: { ...order, quantity: quote ? null : order.quantity, quoteQuantity: quote ? '123.456' : null },
      } as Action;
    }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

test('whatever is ordered: nothing is made or lost, nobody owes, locks are what open orders need, the book never crosses', (t) => {
  fc.assert(
    fc.property(actions, (taken) => {
      const { engine, clock } = openTradingHall();
      const before = totals(engine);
      for (const action of taken) {
        perform(engine, clock, action);
        if (JSON.stringify(totals(engine)) !== JSON.stringify(before)) return false;
        if (!isSound(engine)) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('whatever is ordered: a fill-or-kill order is filled whole or not at all', (t) => {
  fc.assert(
    fc.property(actions, (taken) => {
      const { engine, clock } = openTradingHall();
      return taken.every((action) => {
        const filled = perform(engine, clock, action);
        if (filled === null || filled.timeInForce !== 'FOK' || filled.type !== 'LIMIT') return true;
        return unitsOf(filled.executedQuantity) === 0n || filled.executedQuantity === filled.quantity;
      });
    }),
  );
  t.pass();
});

test('whatever is ordered: nobody is served before a better price, or an earlier order at the same price', (t) => {
  fc.assert(
    fc.property(actions, (taken) => {
      const { engine, clock } = openTradingHall();
      return taken.every((action) => {
        const resting = restingOrders(engine);
        const served = new Set<number>();
        const stop = engine.subscribe((event) => {
          if (event.type === 'execution' && event.fill?.maker === true) served.add(event.order.orderId);
        });
        perform(engine, clock, action);
        stop();
        const left = new Set(restingOrders(engine).map(({ order }) => order.orderId));
        const passedOver = resting.filter(
          ({ order }) => left.has(order.orderId) && !served.has(order.orderId),
        );
        const favoured = resting.filter(({ order }) => served.has(order.orderId));
        return favoured.every((one) => !passedOver.some((other) => isBefore(other, one)));
      });
    }),
    { numRuns: 200 },
  );
  t.pass();
});

test('the same orders make the same tape', (t) => {
  fc.assert(
    fc.property(actions, (taken) => {
      const [first, second] = [openTradingHall(), openTradingHall()];
      for (const { engine, clock } of [first, second])
        for (const action of taken) perform(engine, clock, action);
      return tapeOf(first.engine) === tapeOf(second.engine);
    }),
  );
  t.pass();
});

test('an engine restored at any point goes on as the one that never stopped', (t) => {
  fc.assert(
    fc.property(actions, actions, (before, after) => {
      const { engine, clock } = openTradingHall();
      for (const action of before.filter(({ account }) => account !== 'house'))
        perform(engine, clock, action);
      const restored = createEngine({ clock: () => clock.now });
      restored.restore(JSON.parse(JSON.stringify(engine.snapshot())));
      for (const action of after) perform(engine, clock, action, restored);
      return stateOf(engine) === stateOf(restored);
    }),
  );
  t.pass();
});

test('whatever was ordered: an account that closes takes nothing with it and leaves no order, after a restart as before', (t) => {
  fc.assert(
    fc.property(actions, fc.subarray(TRADERS, { minLength: 1 }), actions, (before, closing, after) => {
      const { engine, clock } = openTradingHall();
      for (const action of before) if (action.account !== 'house') perform(engine, clock, action);
      const owned = totals(engine);
      const restored = createEngine({ clock: () => clock.now });
      const journal: StateRecord[] = [...engine.snapshot().records];
      engine.onCommit((records) => journal.push(...records));
      for (const id of closing) engine.closeAccount(id);
      const left = ACCOUNTS.filter((id) => !closing.includes(id));
      restored.restore(JSON.parse(JSON.stringify({ version: 1, records: journal })));
      for (const action of after) if (left.includes(action.account)) perform(engine, clock, action, restored);
      const worths = [engine, restored].map((each) => JSON.stringify(totals(each, left)));
      return worths.every((worth) => worth === JSON.stringify(owned)) && isSound(restored, left);
    }),
  );
  t.pass();
});

function openTradingHall(): { engine: Engine; clock: Clock } {
  const rich = { BTC: '50', BNB: '50', USDT: '50000' };
  const fees = { makerFee: '0.00075', takerFee: '0.001' };
  return openMarket({
    accounts: [
      { id: 'received', balances: rich, ...fees },
      { id: 'quote', balances: rich, ...fees, feeAsset: 'quote' },
      { id: 'BNB', balances: { ...rich, BNB: '0.0002' }, ...fees, feeAsset: 'BNB' },
      { id: 'poor', balances: { BTC: '0.5', USDT: '150' }, ...fees, feeAsset: 'quote' },
      { id: 'house', balances: { BTC: '1000000', BNB: '1000000', USDT: '1000000000' }, house: true },
    ],
    symbols: { BNBUSDT: '100' },
  });
}

/** Does the same on every engine given, a second later. Returns what became of the order on the first, if it was taken. */
function perform(engine: Engine, clock: Clock, action: Action, ...more: Engine[]): EngineOrder | null {
  const { kind, account, order, pick } = action;
  clock.now += 1_000;
  let submitted: EngineOrder | null = null;
  for (const each of [...more, engine]) {
    rejection(() => {
      const open = each.openOrders(account, order.symbol);
      if (kind === 'submit') submitted = each.submit(account, order).order;
      else if (open.length > 0) {
        each.cancel(account, order.symbol, { orderId: open[pick % open.length]?.orderId ?? 0 });
      }
    });
  }
  return submitted;
}

/** Of each asset, over all accounts. */
function totals(engine: Engine, accounts = ACCOUNTS): Record<string, string> {
  const sums = new Map<string, bigint>();
  for (const { asset, free, locked } of accounts.flatMap((account) => engine.balances(account))) {
    sums.set(asset, (sums.get(asset) ?? 0n) + unitsOf(free) + unitsOf(locked));
  }
  return Object.fromEntries(['BTC', 'BNB', 'USDT'].map((asset) => [asset, String(sums.get(asset))]));
}

function isSound(engine: Engine, accounts = ACCOUNTS): boolean {
  const owesNothing = accounts.every((account) =>
    engine.balances(account).every(({ asset, free, locked }) => {
      return !free.includes('-') && unitsOf(locked) === neededBy(engine, account, asset);
    }),
  );
  return owesNothing && SYMBOLS.every((symbol) => !isCrossed(engine, symbol));
}

/** Worked out from what the orders say, not from what the engine keeps. */
function neededBy(engine: Engine, account: string, asset: string): bigint {
  return engine
    .openOrders(account, null)
    .filter(({ side, symbol }) => (side === 'BUY' ? 'USDT' : symbol.replace('USDT', '')) === asset)
    .reduce((sum, { side, price, stopPrice, quantity, executedQuantity }) => {
      const left = unitsOf(quantity) - unitsOf(executedQuantity);
      const worth = unitsOf(price ?? stopPrice ?? '0') * left;
      return sum + (side === 'SELL' ? left : worth / ONE + (worth % ONE === 0n ? 0n : 1n));
    }, 0n);
}

function isCrossed(engine: Engine, symbol: string): boolean {
  const { bids, asks } = engine.depth(symbol, 1);
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]];
  return bid !== undefined && ask !== undefined && unitsOf(bid) >= unitsOf(ask);
}

interface Resting {
  order: EngineOrder;
  rank: number;
}

function restingOrders(engine: Engine): Resting[] {
  return engine
    .snapshot()
    .records.filter((record) => record.kind === 'order')
    .filter(({ order }) => order.working && (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED'));
}

function isBefore(one: Resting, other: Resting): boolean {
  if (one.order.symbol !== other.order.symbol || one.order.side !== other.order.side) return false;
  const [price, than] = [unitsOf(one.order.price ?? '0'), unitsOf(other.order.price ?? '0')];
  if (price === than) return one.rank < other.rank;
  return one.order.side === 'BUY' ? price > than : price < than;
}

function tapeOf(engine: Engine): string {
  const tape = SYMBOLS.map((symbol) => engine.trades(symbol, 500));
  return createHash('sha256').update(JSON.stringify(tape)).digest('hex');
}

function stateOf(engine: Engine): string {
  const accounts = ACCOUNTS.map((account) => [engine.balances(account), engine.openOrders(account, null)]);
  return JSON.stringify([accounts, SYMBOLS.map((symbol) => engine.depth(symbol, 100).asks), totals(engine)]);
}
