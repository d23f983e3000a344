import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { clientOrderId } from '../bots/ids.ts';
import type { BotStatus } from '../bots/lifecycle.ts';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { PositionRow } from '../db/models/position.ts';
import { looseActivities } from '../runtime/testing/activities.ts';
import { RESTING_BUY, sends } from '../runtime/testing/orders.ts';
import { startStack } from '../runtime/testing/stack.ts';
import { FAILURES, type BotChange } from '../workflows/messages.ts';

async function scene(t: ExecutionContext) {
  const stack = await startStack(t, { worker: false });
  const activities = await looseActivities(t, stack);
  const bot = await stack.addBot({ status: 'ACTIVE' });
  const { botId } = bot;
  const { run, ledger, trading } = activities;
  const id = clientOrderId({ botId, cycle: 1, leg: 'main', sequence: 1 });
  const place = () => run(trading.place, { botId, clientOrderId: id, sequence: 1, intent: RESTING_BUY });
  const configure = (change: BotChange, commandId: string = randomUUID()) =>
    run(ledger.configure, { botId, commandId, change });
  const erase = () => run(ledger.erase, { botId });
  const hold = (columns: Partial<PositionRow>) =>
    PositionRow.query(stack.knex).insert({ bot_id: botId, ...columns });
  return { ...activities, stack, bot, botId, id, place, configure, erase, hold };
}

const REFUSED = { type: FAILURES.refused, nonRetryable: true };
const BOUND: BotChange[] = [{ ticker: 'ETH/USDT' }, { exchange: 'CoinDCX F' }, { first_order: 'SELL' }];

for (const change of BOUND) {
  test.serial(`${JSON.stringify(change)} waits until no order is out`, async (t) => {
    const { run, trading, place, configure, stack, botId, id } = await scene(t);
    await place();
    t.like(await t.throwsAsync(configure(change)), {
      ...REFUSED,
      message:
        'Ticker, exchange and first order cannot be changed while its BUY on BTC/USDT is on the exchange. Stop the bot with mode close first, then change them.',
    });
    await run(trading.cancel, { botId, clientOrderId: id });
    await run(trading.record, { botId, clientOrderId: id, turn: 1 });
    await OrderIntent.query(stack.knex).findById(id).patch({ status: 'UNKNOWN' });
    t.like(await t.throwsAsync(configure(change)), REFUSED);
    await OrderIntent.query(stack.knex).findById(id).patch({ status: 'ACCEPTED' });
    await t.notThrowsAsync(configure(change));
  });

  test.serial(`${JSON.stringify(change)} waits until nothing is held`, async (t) => {
    const { configure, hold, stack, botId } = await scene(t);
    await hold({ quantity: '0.1', cost: '4500' });
    const error = await t.throwsAsync(configure(change));
    t.like(error, REFUSED);
    t.regex(error?.message ?? '', /while it holds 0\.1 BTC\. Stop the bot with mode close first/);
    await PositionRow.query(stack.knex).findById(botId).patch({ quantity: '0', cost: '0' });
    await t.notThrowsAsync(configure(change));
  });
}

test.serial('what does not bind an order or a position can be changed at any time', async (t) => {
  const { place, configure, hold, stack, botId } = await scene(t);
  await place();
  await hold({ quantity: '0.1', cost: '4500' });
  await configure({ ticker: 'BTC/USDT', buy_price: '44000' });
  t.like(await Bot.query(stack.knex).findById(botId), { buy_price: '44000.00000000' });
});

test.serial('a bot that leaves its market says what rest it leaves there, and counts anew', async (t) => {
  const { run, ledger, configure, hold, stack, botId } = await scene(t);
  const status = { botId, version: 1, commandId: null, finishing: false, log: null, error: null };
  await run(ledger.setStatus, { ...status, status: 'STOPPED' });
  await run(ledger.setStatus, { ...status, version: 2, status: 'ACTIVE' });
  await hold({ dust: '0.0000012', realised: '5' });
  await configure({ ticker: 'ETH/USDT' });
  const log = await ActivityLog.query(stack.knex).where({ bot_id: botId, level: 'INFO' });
  t.true(
    log.some(({ message }) =>
      message.startsWith('0.0000012 BTC, too little to be sold, stay on the account'),
    ),
  );
  t.is(await PositionRow.query(stack.knex).findById(botId), undefined);
  t.like(await stack.knex('bot_session_states').where({ bot_id: botId }).first(), { state: null });
});

test.serial('a bot is not deleted while an order of it may be on the exchange', async (t) => {
  const { run, trading, place, erase, stack, botId, id } = await scene(t);
  await place();
  t.like(await t.throwsAsync(erase()), REFUSED);
  await run(trading.cancel, { botId, clientOrderId: id });
  await run(trading.record, { botId, clientOrderId: id, turn: 1 });
  await OrderIntent.query(stack.knex).findById(id).patch({ status: 'SENDING' });
  t.like(await t.throwsAsync(erase()), REFUSED);
  await OrderIntent.query(stack.knex).findById(id).patch({ status: 'ACCEPTED' });
  await erase();
  t.is(await Bot.query(stack.knex).findById(botId), undefined);
});

test.serial('P1: an order that was not begun is never begun once its run was told so', async (t) => {
  const { run, ledger, place, stack, bot, botId, id } = await scene(t);
  const entomb = () => run(ledger.entomb, { botId, clientOrderId: id });
  t.is(await entomb(), 'absent');
  t.deepEqual(await place(), { outcome: 'unknown' });
  t.is(await entomb(), 'absent', 'asked again it says the same');
  t.is(sends(stack, bot), 0);
});

test.serial('P1: an order that was begun is not said to be absent', async (t) => {
  const { run, ledger, place, botId, id } = await scene(t);
  await place();
  t.is(await run(ledger.entomb, { botId, clientOrderId: id }), 'unknown');
});

test.serial(
  'an older status overwrites no newer one, nor another of its version, and is told so',
  async (t) => {
    const { run, ledger, stack, botId } = await scene(t);
    const change = { botId, commandId: null, finishing: false, log: null, error: null };
    const tell = (version: number, status: BotStatus) =>
      run(ledger.setStatus, { ...change, version, status });
    t.deepEqual(await tell(5, 'STOPPED'), { stands: true, version: 5 });
    t.deepEqual(await tell(4, 'ACTIVE'), { stands: false, version: 5 });
    t.deepEqual(await tell(5, 'PAUSED'), { stands: false, version: 5 });
    t.deepEqual(await tell(5, 'STOPPED'), { stands: true, version: 5 }, 'told again by another attempt');
    t.like(await Bot.query(stack.knex).findById(botId), { status: 'STOPPED', status_version: 5 });
    t.like(await run(ledger.load, { botId }), { status: 'STOPPED', statusVersion: 5 });
  },
);

test.serial('what goes against the row as it is now is refused, and tried no more', async (t) => {
  const { configure, stack, botId } = await scene(t);
  await configure({ buy_price: '44900' });
  t.like(await t.throwsAsync(configure({ sell_price: '44800' })), {
    ...REFUSED,
    message:
      'The bot has been changed meanwhile, and this does not go with it. Read the bot, then change it.',
  });
  t.like(await Bot.query(stack.knex).findById(botId), { buy_price: '44900.00000000' });
});

test.serial('P4: commands carried out again change nothing and are logged once', async (t) => {
  const { run, ledger, stack, botId, configure } = await scene(t);
  const stopped = { botId, status: 'STOPPED', finishing: false, error: null } as const;
  const log = { level: 'INFO', message: 'Bot stopped' } as const;
  const carriedOut = { name: 'stop', by: 'nobody we know', mode: 'keep' } as const;
  const asked = { commandId: 'third', carriedOut };
  const stop = (version: number) => run(ledger.setStatus, { ...stopped, ...asked, version, log });
  await configure({ buy_price: '44000' }, 'first');
  await configure({ buy_price: '44100' }, 'second');
  await stop(1);
  await configure({ buy_price: '44000' }, 'first');
  t.like(await Bot.query(stack.knex).findById(botId), { buy_price: '44100.00000000' });
  await configure({ buy_price: '44100' }, 'second');
  await Bot.query(stack.knex).findById(botId).patch({ status: 'ACTIVE' });
  await stop(2);
  t.like(await Bot.query(stack.knex).findById(botId), { status: 'STOPPED' });
  const logs = await ActivityLog.query(stack.knex).where({ bot_id: botId });
  const said = (beginning: string) => logs.filter(({ message }) => message.startsWith(beginning)).length;
  t.deepEqual([said('Bot updated'), said('Bot stopped')], [2, 1]);
  const entries = await stack
    .knex('audit_logs')
    .where({ chain: `bot/${botId}` })
    .orderBy('number');
  t.deepEqual(
    entries.map(({ action, user_id, details }) => [
      action,
      user_id,
      action === 'bot.create' ? null : details,
    ]),
    [
      ['bot.create', stack.owner.id, null],
      ['bot.configure', null, { before: { buy_price: '45000.00000000' }, after: { buy_price: '44000' } }],
      ['bot.configure', null, { before: { buy_price: '44000.00000000' }, after: { buy_price: '44100' } }],
      ['bot.stop', null, { mode: 'keep' }],
    ],
  );
});

test.serial('what is on record is what a run that knows less goes on with', async (t) => {
  const { run, ledger, trading, stack, botId, id, place } = await scene(t);
  await place();
  await run(trading.record, { botId, clientOrderId: id, turn: 7 });
  await OrderIntent.query(stack.knex).findById(id).patch({ status: 'UNKNOWN', sequence: 12 });
  t.like(await run(ledger.load, { botId }), { turn: 7, sequence: 12, unresolved: [id], statusVersion: 0 });
});
