import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { ReasonCode } from '../bots/strategy.ts';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { Order } from '../db/models/order.ts';
import { PositionRow } from '../db/models/position.ts';
import { sends } from '../runtime/testing/orders.ts';
import { startStack, type Stack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';
import type { BotAddress } from './client.ts';

test.serial('stop-loss and drawdown close at market; then comes what each promises', async (t) => {
  const stack = await startStack(t);
  const { tell, price, resting, status, trades } = steps(stack);
  const add = (infinite_loop: boolean, protections: Record<string, unknown>) =>
    stack.addBot({ ...EXAMPLE, infinite_loop, protections });
  const once = await add(false, { stopLoss: '5' });
  const cooling = await add(true, { stopLoss: '5', cooldown: 600 });
  const drawn = await add(true, { maxDrawdown: '4' });
  const bots = [once, cooling, drawn];
  for (const bot of bots) {
    await tell(bot, 'start');
    await resting(bot, 'BUY');
  }
  price('45000');
  for (const bot of bots) await resting(bot, 'SELL');
  price('42500');
  for (const bot of bots) {
    const [, sold] = await trades(bot, 2);
    t.deepEqual([sold?.side, Number(sold?.quantity), Number(sold?.pnl) < 0], ['SELL', 0.01, true]);
    t.is(Number((await PositionRow.query(stack.knex).findById(bot.botId))?.quantity), 0);
  }
  await status(once, 'STOPPED');
  t.regex((await status(drawn, 'ERROR')).error ?? '', /^Stopped by the maximum drawdown.*starting the bot/);
  await toldOf(stack, cooling, 'cooldown', /s left after the last loss/);
  await status(cooling, 'ACTIVE');
  t.is(sends(stack, cooling), 3, 'bought, offered, closed, and nothing since');
  t.is(stack.exchange.engine.openOrders(stack.account.id, 'BTCUSDT').length, 0);
});

test.serial('what a limit refuses is told, not sent, and due once the limit allows it', async (t) => {
  const stack = await startStack(t, { account: { balances: { USDT: '500' } } });
  const { tell, resting } = steps(stack);
  const cases = [
    { protections: { maxPosition: '449.99' }, why: /^max_position: 450\.005 USDT would be at work/ },
    { protections: { minBalance: '100' }, why: /^min_balance: / },
  ];
  for (const { protections, why } of cases) {
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true, protections });
    await tell(bot, 'start');
    await toldOf(stack, bot, 'risk_refused', why);
    t.is(sends(stack, bot), 0);
    const change = { protections: { maxPosition: '451', minBalance: '10' } };
    await stack.bots.command(bot, { name: 'configure', commandId: randomUUID(), change });
    await resting(bot, 'BUY');
    await steps(stack).stop(bot);
    await steps(stack).atRest(bot);
    t.is(await Order.query(stack.knex).where({ bot_id: bot.botId }).resultSize(), 1);
  }
});

async function toldOf(
  { knex, until }: Stack,
  { botId }: BotAddress,
  code: ReasonCode,
  why: RegExp,
): Promise<void> {
  await until(`the reason ${code}`, async () => {
    const session = await BotSessionState.query(knex).findById(botId);
    return session?.reasons.some((reason) => reason.code === code && why.test(reason.detail));
  });
}
