import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createEngine } from '../engine/engine.ts';
import { ETHUSDT, short } from '../testing/market.ts';
import { BTCUSDT } from '../testing/still-exchange.ts';
import { openPriceSource } from './open.ts';
import { parseCandles } from './recording.ts';

const MINUTE = 60_000;
const RECORDED = `open_time,open,high,low,close,volume
1000000,100,104,97,103,8
1060000,103,103.5,90,91,4,more,columns
`;
const LISTINGS = [
  { rules: BTCUSDT, startPrice: '65000' },
  { rules: ETHUSDT, startPrice: '3200' },
];

test('recorded candles are played as trades: low before high where they rose, high before low where they fell', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'recordings-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'BTCUSDT-1m.csv'), RECORDED);
  const clock = { now: Date.UTC(2026, 0, 5) };
  const engine = createEngine({ clock: () => clock.now });
  const source = await openPriceSource(engine, LISTINGS, { feed: `file:${folder}`, seed: 1 });
  t.is(short(engine.lastPrice('BTCUSDT')), '100', 'listed at the first price of the recording');
  t.is(engine.candles('BTCUSDT', MINUTE, { limit: 1_000 }).length, 1_000);
  const prices: string[] = [];
  for (let quarter = 0; quarter < 8; quarter += 1) {
    source.step(clock.now);
    prices.push(short(engine.lastPrice('BTCUSDT')));
    clock.now += MINUTE / 4;
  }
  t.deepEqual(prices, ['100', '97', '104', '103', '103', '103.5', '90', '91']);
  const played = engine.candles('BTCUSDT', MINUTE, { start: clock.now - 2 * MINUTE, limit: 2 });
  t.deepEqual(
    played.map(({ open, high, low, close }) => [open, high, low, close].map(short)),
    [
      ['100', '104', '97', '103'],
      ['103', '103.5', '90', '91'],
    ],
  );
  clock.now += 10 * MINUTE;
  source.step(clock.now);
  t.is(short(engine.lastPrice('BTCUSDT')), '91', 'over: it stays');
  t.is(short(engine.lastPrice('ETHUSDT')), '3200', 'without a recording: it stays');
  t.true(engine.depth('ETHUSDT', 5).bids.length > 0);
});

test('a recording may be played faster, and held', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'recordings-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'BTCUSDT.csv');
  await writeFile(path, RECORDED);
  const clock = { now: Date.UTC(2026, 0, 5) };
  const engine = createEngine({ clock: () => clock.now });
  const source = await openPriceSource(engine, LISTINGS, { feed: `file:${path}`, seed: 1, speed: 60 });
  source.step(clock.now);
  source.frozen = true;
  source.step((clock.now += MINUTE));
  t.is(short(engine.lastPrice('BTCUSDT')), '100');
  source.frozen = false;
  source.step((clock.now += 2_000));
  t.is(short(engine.lastPrice('BTCUSDT')), '91');
});

test('a file that cannot be played is refused with its place', async (t) => {
  t.throws(() => parseCandles('1,1,1,1,1,1\nnonsense', 'x.csv'), {
    message: /^x\.csv, line 2: this is not openTime/,
  });
  t.throws(() => parseCandles('2,1,1,1,1,1\n1,1,1,1,1,1', 'x.csv'), {
    message: /line 2: candles must be in the order/,
  });
  t.throws(() => parseCandles('1,0,1,1,1,1', 'x.csv'), { message: /line 1/ });
  t.throws(() => parseCandles('time,open\n', 'x.csv'), { message: 'x.csv: there are no candles.' });
  const open = (feed: string) =>
    openPriceSource(createEngine({ clock: Date.now }), LISTINGS, { feed, seed: 1 });
  await t.throwsAsync(open('file:/nowhere/BTCUSDT.csv'), { message: /there is no such file/ });
  await t.throwsAsync(open('file'), {
    message: /PAPER_FEED is "file": use synthetic, file:PATH or live:EXCHANGE/,
  });
  await t.throwsAsync(open('live:nobody'), { message: 'PAPER_FEED: ccxt knows no exchange "nobody".' });
});
