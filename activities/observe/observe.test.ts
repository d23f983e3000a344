import test from 'ava';
import type { Reason } from '../../bots/strategy.ts';
import { Bot } from '../../db/models/bot.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import type { Stack } from '../../runtime/testing/stack.ts';
import { EXAMPLE } from '../../runtime/testing/steps.ts';
import { watchScene } from '../../runtime/testing/watches.ts';

/** It has nothing to say until the price has fallen and turned. */
const TRAILING = { ...EXAMPLE, trailing_percent: '1', infinite_loop: true };
const OPEN_ORDERS = { method: 'GET', path: '/api/v3/openOrders' };

test.serial('a failure after long watching is the first in a row: it is waited for', async (t) => {
  let late = 0;
  const { stack, addBot, observe, watching, turn } = await watchScene(t, { now: () => Date.now() + late });
  const bot = await addBot(TRAILING);
  const { told, isOver } = observe(bot, 1);
  await watching(bot, 1);
  late = 16 * 60_000;
  await failComparison(stack, isOver);
  turn();
  t.like((await told).intents, [{ kind: 'place', side: 'BUY' }]);
});

test.serial('a session that has just begun is compared before anything is decided', async (t) => {
  const { stack, addBot, observe, watching, beside } = await watchScene(t);
  const [other, bot] = [await addBot(TRAILING), await addBot(EXAMPLE)];
  observe(other, 1);
  await watching(other, 1);
  t.like((await observe(bot, 1).told).intents, [{ kind: 'place' }]);
  const lost = await beside(bot, 1);
  await stack.knex('bot_session_states').where({ bot_id: bot }).update({ observed_at: null });
  t.like(await observe(bot, 2).told, { changed: [lost], intents: [] });
});

test.serial('a watch that is told to compare does so before it decides', async (t) => {
  const { addBot, observe, beside } = await watchScene(t);
  const bot = await addBot(EXAMPLE);
  t.like((await observe(bot, 1).told).intents, [{ kind: 'place' }]);
  const lost = await beside(bot, 1);
  t.like(await observe(bot, 2, { compare: true }).told, { changed: [lost], intents: [] });
});

test.serial('what is decided while the record is compared anew is not told before', async (t) => {
  const { stack, addBot, observe, watching, beside, turn } = await watchScene(t);
  const bot = await addBot(TRAILING);
  const { told } = observe(bot, 1);
  await watching(bot, 1);
  const lost = await beside(bot, 1);
  const before = openOrderReads(stack);
  stack.exchange.control.addFault({ kind: 'delay', ms: 2_000, match: OPEN_ORDERS });
  t.true(stack.exchange.control.dropUserStreams(stack.account.id) > 0);
  await stack.until('the comparison to begin', () => openOrderReads(stack) > before);
  turn();
  t.like(await told, { changed: [lost], intents: [] });
});

test.serial(
  'the balance that counts is the one before the order, not the one before the watch',
  async (t) => {
    const account = { balances: { USDT: '600' } };
    const { stack, addBot, observe, watching, beside, turn } = await watchScene(t, {}, { account });
    const bot = await addBot({ ...TRAILING, protections: { minBalance: '100' } });
    const { isOver } = observe(bot, 1);
    await watching(bot, 1);
    await beside('somebody', 1);
    turn();
    const refused = await stack.until('the refusal', async () => {
      const session = await BotSessionState.query(stack.knex).findById(bot);
      return isOver() || session?.reasons.find((reason: Reason) => reason.code === 'risk_refused');
    });
    t.like(refused, { code: 'risk_refused' });
    t.regex(refused === true ? '' : refused.detail, /^min_balance: -?[\d.]+ USDT would be left free/);
  },
);

test.serial(
  'a bot that is paused while it finishes its cycle does not finish before it is resumed',
  async (t) => {
    const { stack, addBot, observe } = await watchScene(t);
    const bot = await addBot({ ...EXAMPLE, status: 'PAUSED' });
    const paused = await observe(bot, 1, { finishing: true, lastReason: null, reasonsAt: 0 }).told;
    t.like(paused, { done: false, intents: [], reasons: [{ code: 'paused' }] });
    await Bot.query(stack.knex).findById(bot).patch({ status: 'ACTIVE' });
    t.true((await observe(bot, 2, { finishing: true }).told).done);
  },
);

test.serial('what somebody else wrote since is not overwritten: the bot decides again from it', async (t) => {
  const { stack, addBot, observe, watching, turn } = await watchScene(t);
  const bot = await addBot(TRAILING);
  const { told } = observe(bot, 1);
  await watching(bot, 1);
  await stack.knex.raw(
    `UPDATE bot_session_states SET version = version + 1, state = jsonb_set(state, '{strategy,cycle}', '7')
     WHERE bot_id = ?`,
    [bot],
  );
  const { version } = await BotSessionState.query(stack.knex).findById(bot).throwIfNotFound();
  turn();
  await stack.until('the bot to have written again', () =>
    BotSessionState.query(stack.knex).findOne({ bot_id: bot }).where('version', '>', version),
  );
  turn();
  t.like((await told).intents, [{ kind: 'place', cycle: 7 }]);
  t.like(await BotSessionState.query(stack.knex).findById(bot), { state: { strategy: { cycle: 7 } } });
});

test.serial('a watch that another process has overtaken ends for good, and writes nothing', async (t) => {
  const { stack, addBot, observe, watching, turn } = await watchScene(t);
  const elsewhere = await watchScene(t, {}, {}, stack);
  const bot = await addBot(TRAILING);
  const first = observe(bot, 1);
  await watching(bot, 1);
  elsewhere.observe(bot, 1, {}, 2);
  await stack.until('the second attempt to write', () =>
    BotSessionState.query(stack.knex).findOne({ bot_id: bot, turn: 1, attempt: 2 }),
  );
  turn();
  t.like(await first.failed, { type: 'Outlived', nonRetryable: true });
});

test.serial('only a later watch ends another, and not as if somebody had cancelled it', async (t) => {
  const { addBot, observe, watching } = await watchScene(t);
  const bot = await addBot(TRAILING);
  const second = observe(bot, 2);
  await watching(bot, 2);
  observe(bot, 1);
  observe(bot, 2, {}, 0);
  await new Promise(setImmediate);
  t.false(second.isOver());
  observe(bot, 3);
  t.like(await second.failed, { type: 'Outlived', nonRetryable: true });
});

test.serial('a start ends what watched the session before it, of whatever attempt', async (t) => {
  const { stack, addBot, observe, watching, ledger, turn } = await watchScene(t);
  const bot = await addBot(TRAILING);
  const before = observe(bot, 1);
  await watching(bot, 1);
  const version = 1_000;
  await ledger.setStatus({
    botId: bot,
    version,
    status: 'ACTIVE',
    commandId: null,
    finishing: false,
    log: null,
    error: null,
  });
  turn();
  t.like(await before.failed, { type: 'Outlived' });
  t.is((await BotSessionState.query(stack.knex).findById(bot))?.observed_at, null);
  observe(bot, 2);
  await watching(bot, 2);
});

test.serial('settings that cannot be read are told, and tried no more', async (t) => {
  const { stack, addBot, observe } = await watchScene(t);
  const bot = await addBot(EXAMPLE);
  await stack.knex('bots').where({ id: bot }).update({ strategy: 'no-such-strategy', parameters: '{}' });
  const { halt } = await observe(bot, 1).told;
  t.is(halt?.code, 'unknown_strategy');
  t.regex(halt?.message ?? '', /no-such-strategy/);
});

function openOrderReads({ exchange }: Stack): number {
  return exchange.control.requests(0).filter(({ path }) => path === OPEN_ORDERS.path).length;
}

/** The account's stream is cut, and the comparison that follows its return fails. */
async function failComparison(stack: Stack, isOver: () => boolean): Promise<void> {
  const { control } = stack.exchange;
  const before = openOrderReads(stack);
  control.addFault({ kind: 'status', status: 503, match: OPEN_ORDERS });
  await stack.until('the stream to be cut', () => control.dropUserStreams(stack.account.id) > 0);
  await stack.until('the comparison to have failed', () => isOver() || openOrderReads(stack) > before + 1);
  control.clearFaults();
}
