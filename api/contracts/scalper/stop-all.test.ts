import test from 'ava';
import { startStack } from '../../../runtime/testing/stack.ts';
import { post, type BotBody } from '../../testing/example.ts';
import { ask, messages, PLAIN } from '../../testing/real-bots.ts';
import { callerOf } from '../../testing/start-api.ts';

test.serial(
  'scalper-bot 25 and 26: stop-all stops five real bots and leaves three as they are',
  async (t) => {
    const stack = await startStack(t);
    const call = callerOf(stack.api.url);
    for (let count = 0; count < 8; count++) {
      const { id } = (await post(call, PLAIN)).body;
      if (count < 3) await ask(call, id, 'stop');
    }
    const statistics = async () => (await call('GET', '/api/v1/bots/statistics/summary')).body;
    t.like(await statistics(), { total_bots: 8, active_bots: 5, stopped_bots: 3 });
    t.deepEqual((await call('POST', '/api/v1/bots/stop-all')).body, { message: 'Stopped 5 bots', count: 5 });
    t.deepEqual((await call('POST', '/api/v1/bots/stop-all')).body, { message: 'Stopped 0 bots', count: 0 });
    t.is((await call<BotBody[]>('GET', '/api/v1/bots/?status=STOPPED')).body.length, 8);
    t.like(await statistics(), { total_bots: 8, active_bots: 0, stopped_bots: 8 });
  },
);

test.serial('scalper-bot 27: each real change leaves one log, a repeat none', async (t) => {
  const stack = await startStack(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, PLAIN)).body;
  const path = `/api/v1/bots/${id}`;
  for (const name of ['start', 'stop', 'stop', 'toggle']) await ask(call, id, name);
  t.is((await call('PUT', path, { sell_price: 47000 })).status, 200);
  t.is((await call('PUT', path, { sell_price: 47000 })).status, 200);
  await call('POST', '/api/v1/bots/stop-all');
  t.is((await call('DELETE', path)).status, 204);
  t.deepEqual(await messages(call), [
    'SUCCESS Bot created for BTC/USDT on Binance',
    'SUCCESS Bot started for BTC/USDT on Binance',
    'INFO Bot stopped for BTC/USDT on Binance',
    'SUCCESS Bot started for BTC/USDT on Binance',
    'INFO Bot updated for BTC/USDT on Binance',
    'INFO Bot stopped for BTC/USDT on Binance',
    'WARNING Stopped 1 bots',
    'WARNING Bot deleted for BTC/USDT on Binance',
  ]);
  const { body: logs } = await call<{ bot_id: string | null }[]>('GET', '/api/v1/logs/');
  t.true(logs.every(({ bot_id }) => bot_id === null));
});
