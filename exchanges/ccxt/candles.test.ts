import test from 'ava';
import { readClosedCandles } from './candles.ts';
import type { CcxtCandle } from './unified.ts';

const MINUTE = 60_000;
/** Half way through the tenth minute. */
const NOW = 9.5 * MINUTE;

test('the newest closed candles are read, the running one is left out', async (t) => {
  const read = setup();
  const candles = await readClosedCandles({ timeframe: '1m', limit: 3 }, NOW, 1_000, read);
  t.deepEqual(
    candles.map(({ openTime }) => openTime / MINUTE),
    [6, 7, 8],
  );
});

test('more candles than a page holds are read page by page', async (t) => {
  const read = setup();
  const candles = await readClosedCandles({ timeframe: '1m', since: 0, limit: 100 }, NOW, 4, read);
  t.deepEqual(
    candles.map(({ openTime }) => openTime / MINUTE),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test('a past of no candles, and a future, end', async (t) => {
  t.deepEqual(await readClosedCandles({ timeframe: '1m', since: 0, limit: 5 }, NOW, 4, async () => []), []);
  t.deepEqual(
    await readClosedCandles({ timeframe: '1m', since: NOW + MINUTE, limit: 5 }, NOW, 4, setup()),
    [],
  );
});

test('a venue that ignores the start is not asked for ever', async (t) => {
  const stuck = async (): Promise<CcxtCandle[]> => [[0, '1', '1', '1', '1', '1']];
  t.deepEqual(await readClosedCandles({ timeframe: '1m', since: 3 * MINUTE, limit: 5 }, NOW, 4, stuck), []);
});

/** A venue with a candle each minute, the running one too. */
function setup() {
  return async (since: number, limit: number): Promise<CcxtCandle[]> => {
    const times = Array.from({ length: 10 }, (_, minute) => minute * MINUTE);
    return times
      .filter((time) => time >= since)
      .slice(0, limit)
      .map((time) => [time, '1', '3', '0.5', '2', '10']);
  };
}
