import { isDeepStrictEqual as same } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { readBot } from './bot.ts';
import { decide } from './decide.ts';
import { Decimal } from './money.ts';
import type { PlaceIntent } from './orders.ts';
import { foldFills } from './position.ts';
import { roundToMarket } from './precision.ts';
import { reducible } from './reducing.ts';
import { startSession } from './session.ts';
import type { Mode } from './strategy.ts';
import { BTC_USDT, candlesOf } from './testing/facts.ts';
import { runOf, type Decided, type Run } from './testing/matching-loop.ts';

/** What becomes of the orders that are out before the next price: their answer is lost, comes, or says "never heard of". */
type Fate = 'none' | 'lost' | 'found' | 'absent';

interface Moment {
  price: number;
  share: number;
  mode: Mode;
  fate: Fate;
}

const moments = fc.array(
  fc.record<Moment>({
    price: fc.integer({ min: 40_000, max: 50_000 }),
    share: fc.constantFrom(0, 1, 33, 50, 99, 100),
    mode: fc.constantFrom<Mode>('ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'PAUSED', 'FINISHING'),
    fate: fc.constantFrom<Fate>('none', 'none', 'none', 'none', 'lost', 'found', 'found', 'absent'),
  }),
  { minLength: 30, maxLength: 90 },
);

const protections = fc.record(
  {
    stopLoss: fc.constantFrom('1', '5'),
    takeProfit: fc.constantFrom('1', '5'),
    maxDrawdown: fc.constantFrom('3', '10'),
    dailyLoss: fc.constant('20'),
    cooldown: fc.constant(3),
    maxPosition: fc.constantFrom('300', '100000'),
  },
  { requiredKeys: [] },
);

/** What a bot's row holds: a counterexample is then short to read. */
type Row = Parameters<typeof readBot>[0];

const pingPongs: fc.Arbitrary<Row> = fc.record({
  strategy: fc.constant('ping-pong'),
  parameters: fc.record({
    firstOrder: fc.constantFrom('BUY', 'SELL'),
    quantity: fc.integer({ min: 20, max: 50_000 }).map((steps) => new Decimal(steps).div(100_000).toFixed()),
    buyPrice: fc.constantFrom('43000', '44999.999'),
    sellPrice: fc.constantFrom('45000.001', '47000'),
    trailingPercent: fc.constantFrom(null, null, '0.5', '2'),
    infiniteLoop: fc.boolean(),
  }),
  protections,
});

const rsiReversals: fc.Arbitrary<Row> = fc.record({
  strategy: fc.constant('rsi-reversal'),
  parameters: fc.record({
    period: fc.integer({ min: 2, max: 4 }),
    oversold: fc.constantFrom(30, 45),
    overbought: fc.constantFrom(55, 70),
    orderType: fc.constantFrom('MARKET', 'LIMIT'),
    quantity: fc.constantFrom('0.01', '0.00023'),
  }),
  protections,
});

const feeAsset = fc.constantFrom(null, 'BTC' as const, 'USDT' as const, 'BNB' as const);

function runThrough(row: Row, fee: 'BTC' | 'USDT' | 'BNB' | null, path: readonly Moment[]): Run {
  const bot = readBot(row);
  const run = runOf(bot, { feeAsset: fee });
  const closes: number[] = [];
  for (const { price, share, mode, fate } of path) {
    meet(run, fate);
    closes.push(price);
    const candles = bot.strategy.candles(bot.parameters) ? candlesOf(closes) : [];
    const { done, halt } = run.step({ price: `${price}`, share, mode, candles });
    if (done || halt) run.session = startSession(bot, run.session);
  }
  return run;
}

function meet(run: Run, fate: Fate): void {
  if (fate === 'lost') run.orders = run.orders.map((order) => ({ ...order, status: 'UNKNOWN' }));
  if (fate === 'found') run.orders = run.orders.map((order) => ({ ...order, status: 'OPEN' }));
  if (fate === 'absent') run.orders = run.orders.filter((order) => order.status === 'OPEN');
}

function places({ verdict }: Decided): PlaceIntent[] {
  return verdict.intents.filter((intent) => intent.kind === 'place');
}

/** Checks `holds` on every decision of many runs, and that those runs did trade. */
function everyDecision(
  t: { true(actual: boolean, message?: string): void },
  rows: fc.Arbitrary<Row>,
  holds: (decided: Decided) => boolean,
): void {
  let traded = 0;
  fc.assert(
    fc.property(rows, feeAsset, moments, (row, fee, path) => {
      const run = runThrough(row, fee, path);
      traded += run.fills.length;
      return run.decided.every(holds);
    }),
  );
  t.true(traded > 50, `only ${traded} fills: the property has seen too little`);
}

for (const [name, rows] of [
  ['ping-pong', pingPongs],
  ['rsi-reversal', rsiReversals],
] as const) {
  test(`property: ${name} places no order that the market would refuse`, (t) => {
    everyDecision(t, rows, (decided) =>
      places(decided).every((intent) => {
        const rounded = roundToMarket(intent, BTC_USDT, decided.event.price);
        return (
          rounded.ok && rounded.intent.quantity === intent.quantity && rounded.intent.price === intent.price
        );
      }),
    );
  });

  test(`property: ${name} never closes more than it holds`, (t) => {
    everyDecision(t, rows, (decided) => {
      const { orders } = decided.context;
      return places(decided).every((intent) => {
        const most = reducible(intent.side, decided.verdict.position, orders);
        return intent.reduceOnly ? most.gte(intent.quantity) : most.isZero();
      });
    });
  });

  test(`property: ${name} decides the same when asked again, from the old session or the new`, (t) => {
    everyDecision(t, rows, ({ bot, session, event, context, verdict }) => {
      const repeated = decide(bot, JSON.parse(JSON.stringify(session)), event, context);
      const again = decide(bot, verdict.session, event, { ...context, position: verdict.position });
      return (
        same(repeated, verdict) &&
        same(again.intents, verdict.intents) &&
        again.done === verdict.done &&
        same(again.halt, verdict.halt) &&
        same(again.session, verdict.session)
      );
    });
  });

  test(`property: the session of ${name} is plain JSON`, (t) => {
    everyDecision(t, rows, ({ verdict }) =>
      same(JSON.parse(JSON.stringify(verdict.session)), verdict.session),
    );
  });

  test(`property: what ${name} holds, dust included, is the fold of its fills`, (t) => {
    fc.assert(
      fc.property(rows, feeAsset, moments, (row, fee, path) => {
        const run = runThrough(row, fee, path);
        const fold = foldFills(run.fills, BTC_USDT);
        const { quantity, dust } = run.position;
        // Dust takes its cost out of the books, also where a later rest the other way makes up for it.
        const hadDust = dust !== '0' || run.decided.some(({ verdict }) => verdict.position.dust !== '0');
        return hadDust ? new Decimal(quantity).add(dust).eq(fold.quantity) : same(run.position, fold);
      }),
    );
    t.pass();
  });

  test(`property: ${name} has at most one order out, a protective exit beside an unknown one apart`, (t) => {
    everyDecision(t, rows, ({ context, verdict }) => {
      const placed = verdict.intents.filter((intent) => intent.kind === 'place');
      const isAlone = context.orders.length + placed.length <= 1;
      return (
        isAlone || (verdict.session.protections.closing !== null && placed.every(({ leg }) => leg === 'exit'))
      );
    });
  });
}

test('property: a bot that buys first never sells what it does not hold', (t) => {
  const buyers = pingPongs.filter(
    ({ parameters }) => (parameters as { firstOrder: string }).firstOrder === 'BUY',
  );
  everyDecision(t, buyers, (decided) =>
    places(decided).every(
      ({ side, quantity }) => side === 'BUY' || new Decimal(decided.verdict.position.quantity).gte(quantity),
    ),
  );
});
