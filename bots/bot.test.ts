import test from 'ava';
import { InvalidBot, readBot } from './bot.ts';
import { startSession } from './session.ts';
import { STRATEGIES, strategyNamed } from './strategies/index.ts';
import { pingPongBot } from './testing/facts.ts';

const ROW = { strategy: 'ping-pong', parameters: pingPongBot().parameters, protections: {} };

test('every strategy is found by its name, and no two share one', (t) => {
  for (const strategy of STRATEGIES) t.is(strategyNamed(strategy.name), strategy);
  t.is(new Set(STRATEGIES.map(({ name }) => name)).size, STRATEGIES.length);
  t.is(strategyNamed('toString'), null);
});

test('a row that cannot run is refused with its code and the field at fault', (t) => {
  const codes = [{ strategy: 'martingale' }, { parameters: {} }, { protections: { stopLoss: '0' } }].map(
    (wrong) => {
      const error = t.throws(() => readBot({ ...ROW, ...wrong }), { instanceOf: InvalidBot });
      return [
        error!.code,
        error!.message.includes(Object.keys(wrong)[0] === 'protections' ? 'stopLoss' : ''),
      ];
    },
  );
  t.deepEqual(codes, [
    ['unknown_strategy', true],
    ['invalid_parameters', true],
    ['invalid_protections', true],
  ]);
});

test('a start keeps what the strategy knows and clears what ended the last run', (t) => {
  const bot = readBot(ROW);
  const last = {
    ...startSession(bot, null),
    strategy: { cycle: 9 },
    done: true,
    protections: {
      closing: { rule: 'max_drawdown', detail: '', at: 1 },
      peak: { profit: '1', capital: '2' },
      day: { number: 3, realised: '4' },
      lastLossAt: 5,
    },
  };
  t.deepEqual(startSession(bot, last), {
    version: 1,
    strategy: { cycle: 9 },
    done: false,
    protections: { closing: null, peak: null, day: { number: 3, realised: '4' }, lastLossAt: 5 },
  });
});
