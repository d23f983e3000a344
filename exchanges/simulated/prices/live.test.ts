import test from 'ava';
import { openMarket, short } from '../testing/market.ts';
import { createLivePrices, type Tickers } from './live.ts';

test('live prices are followed once a second; while they cannot be read the book stays where it is', async (t) => {
  const { engine } = openMarket();
  const answers: (string | Error)[] = ['105', new Error('no network'), '99'];
  const failures: unknown[] = [];
  let asked = 0;
  const read: Tickers = (rules) => {
    const answer = answers[asked] ?? '99';
    asked += 1;
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(new Map(rules.map(({ symbol }) => [symbol, answer])));
  };
  const source = createLivePrices(engine, read, { seed: 1, failed: (cause) => failures.push(cause) });
  const after = async (now: number): Promise<string> => {
    source.step(now);
    await new Promise(setImmediate);
    return short(engine.lastPrice('BTCUSDT'));
  };
  t.is(await after(0), '105');
  t.is(await after(900), '105', 'not asked yet');
  t.is(await after(1_000), '105');
  t.deepEqual(failures, [answers[1]]);
  t.is(await after(2_000), '99');
  source.frozen = true;
  await after(3_000);
  t.is(asked, 3);
  await source.close();
});
