import test from 'ava';
import { engageSwitch, releaseSwitch, type SwitchScope } from '../db/kill-switch.ts';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { acceptedIds, betweenIntentAndSend, intentsOf, sends } from '../runtime/testing/orders.ts';
import { startStack, type Stack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';
import type { BotAddress } from './client.ts';

test.serial(
  'a kill switch of each scope holds a start back, is told, and lets go on when released',
  async (t) => {
    const stack = await startStack(t);
    const { tell, resting } = steps(stack);
    const beside = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    for (const scope of ['global', 'account', 'bot'] as const) {
      const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
      const at = { scope, id: { global: '*', account: stack.account.id, bot: bot.botId }[scope] };
      await engageSwitch(stack.knex, at, `${scope} drill`);
      await tell(bot, 'start');
      await toldOf(stack, bot, `${scope} drill`);
      t.deepEqual([sends(stack, bot), (await intentsOf(stack, bot)).length], [0, 0], scope);
      if (scope === 'bot') {
        await tell(beside, 'start');
        await resting(beside, 'BUY');
      }
      await releaseSwitch(stack.knex, at);
      await resting(bot, 'BUY');
      t.is(acceptedIds(stack, bot).length, 1, scope);
    }
  },
);

test.serial('a kill switch engaged between the decision and the sending stops the sending', async (t) => {
  const stack = await startStack(t);
  const { tell, price, trades, watching } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, trailing_percent: '1', infinite_loop: true });
  await tell(bot, 'start');
  await watching(bot);
  for (const to of ['45000', '44000']) price(to);
  const at: SwitchScope = { scope: 'bot', id: bot.botId };
  await betweenIntentAndSend(stack, bot, {
    from: '44000',
    decide: () => price('44500'),
    meanwhile: () => engageSwitch(stack.knex, at, 'drill'),
  });
  await toldOf(stack, bot, 'drill');
  t.deepEqual([sends(stack, bot), (await intentsOf(stack, bot)).length], [0, 0]);
  await releaseSwitch(stack.knex, at);
  t.is((await trades(bot, 1))[0]?.side, 'BUY');
  t.is(sends(stack, bot), 1);
});

test.serial(
  'under a kill switch orders are still taken back, and a close waits for its release',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, price, resting, atRest, trades } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');
    await engageSwitch(stack.knex, { scope: 'global', id: '*' }, 'drill');
    const before = sends(stack, bot);
    await stop(bot, 'close');
    await atRest(bot);
    t.is(stack.exchange.engine.openOrders(stack.account.id, 'BTCUSDT').length, 0);
    t.is(sends(stack, bot), before);
    await releaseSwitch(stack.knex, { scope: 'global', id: '*' });
    const [, sold] = await trades(bot, 2);
    t.deepEqual([sold?.side, Number(sold?.quantity)], ['SELL', 0.01]);
  },
);

async function toldOf({ knex, until }: Stack, { botId }: BotAddress, detail: string): Promise<void> {
  await until('the bot to say what holds it', async () => {
    const session = await BotSessionState.query(knex).findById(botId);
    return session?.reasons.some((reason) => reason.code === 'kill_switch' && reason.detail === detail);
  });
}
