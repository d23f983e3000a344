import test from 'ava';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { RESTING_BUY } from '../../runtime/testing/orders.ts';
import { EXAMPLE } from '../../runtime/testing/steps.ts';
import { idOf, watchScene } from '../../runtime/testing/watches.ts';

test.serial('prices from before the last own fill set nothing off', async (t) => {
  const { stack, addBot, observe, trading, run, exchange } = await watchScene(t);
  const botId = await addBot({ ...EXAMPLE, status: 'ACTIVE', protections: { stopLoss: '5' } });
  await observe(botId, 1).told;
  let low = false;
  t.teardown(
    exchange.watchMarket('BTC/USDT', null, (event) => {
      if (event.type === 'trade' && event.price === '42000') low = true;
    }),
  );
  for (const to of ['42000', '45500']) stack.exchange.control.movePrice('BTCUSDT', to);
  await stack.until('the low to be heard', () => low);
  const order = { botId, clientOrderId: idOf(botId, 1) };
  const intent = { ...RESTING_BUY, price: '45600' };
  t.like(await run(trading.place, { ...order, sequence: 1, intent }), { outcome: 'accepted' });
  t.like(await run(trading.record, { ...order, turn: 2 }), { status: 'FILLED' });
  t.like((await observe(botId, 3).told).intents, [{ kind: 'place', side: 'SELL', type: 'LIMIT' }]);
  t.like(await BotSessionState.query(stack.knex).findById(botId), {
    state: { protections: { closing: null } },
  });
});

test.serial('prices heard while a watch begins count in the order they came', async (t) => {
  const { stack, addBot, observe, watching, exchange } = await watchScene(t);
  const { control } = stack.exchange;
  let heard = '';
  t.teardown(
    exchange.watchMarket('BTC/USDT', null, (event) => {
      if (event.type === 'trade') heard = event.price;
    }),
  );
  const price = async (to: string) => {
    control.movePrice('BTCUSDT', to);
    await stack.until(`${to} to be heard`, () => heard === to);
  };
  await stack.until('the stream', () => {
    control.movePrice('BTCUSDT', '45600');
    control.movePrice('BTCUSDT', '45500');
    return heard !== '';
  });
  const bot = await addBot({ ...EXAMPLE, trailing_percent: '1', infinite_loop: true });
  control.addFault({
    kind: 'delay',
    ms: 2_000,
    times: 1,
    match: { method: 'GET', path: '/api/v3/openOrders' },
  });
  observe(bot, 1);
  await stack.until('the comparison to wait', () => control.faults()[0]?.struck === 1);
  for (const to of ['45000', '44000']) await price(to);
  await watching(bot, 1);
  t.like(await BotSessionState.query(stack.knex).findById(bot), {
    state: { strategy: { watermark: { extreme: '44000', triggered: false } } },
  });
});
