import test from 'ava';
import type { Knex } from 'knex';
import { freshDatabase, untilLockAwaited } from '../runtime/testing/database.ts';
import { botWithAccount } from '../runtime/testing/rows.ts';
import {
  engageSwitch,
  listEngagedSwitches,
  readEngagedSwitch,
  releaseSwitch,
  type SwitchScope,
} from './kill-switch.ts';
import { OrderIntent } from './models/order-intent.ts';

for (const scope of ['global', 'account', 'bot'] as const) {
  test(`a ${scope} switch forbids until it is released`, async (t) => {
    const { knex } = await freshDatabase(t);
    const { bot, account } = await botWithAccount(knex);
    const at: SwitchScope = { scope, id: { global: '*', account: account.id, bot: bot.id }[scope] };
    const read = () =>
      knex.transaction((tx) => readEngagedSwitch(tx, { accountId: account.id, botId: bot.id }));
    t.is(await read(), null);
    await engageSwitch(knex, at, 'drill');
    t.like(await read(), { scope, reason: 'drill' });
    t.like(await listEngagedSwitches(knex), { 0: { scope, scope_id: at.id, reason: 'drill' }, length: 1 });
    await releaseSwitch(knex, at);
    t.is(await read(), null);
    t.deepEqual(await listEngagedSwitches(knex), []);
  });
}

test("another bot's switch forbids nothing here", async (t) => {
  const { knex } = await freshDatabase(t);
  const { bot, account } = await botWithAccount(knex);
  const other = await botWithAccount(knex);
  await engageSwitch(knex, { scope: 'bot', id: other.bot.id }, 'drill');
  t.is(await knex.transaction((tx) => readEngagedSwitch(tx, { accountId: account.id, botId: bot.id })), null);
});

test('engaging waits for a transaction that is committing an intent, and nothing is committed after it', async (t) => {
  const { knex } = await freshDatabase(t);
  const { bot, account } = await botWithAccount(knex);
  const ids = { accountId: account.id, botId: bot.id };
  const committing = await knex.transaction();
  t.is(await readEngagedSwitch(committing, ids), null);
  let engaged = false;
  const engaging = engageSwitch(knex, { scope: 'bot', id: bot.id }, 'drill').then(() => (engaged = true));
  await untilLockAwaited(knex);
  t.false(engaged);
  await committing.commit();
  await engaging;
  t.truthy(await knex.transaction((tx) => readEngagedSwitch(tx, ids)));
});

test('engaging answers only when no committed intent may be sent any more', async (t) => {
  const { knex } = await freshDatabase(t);
  const { bot, account } = await botWithAccount(knex);
  await underWay(knex, { bot_id: bot.id, exchange_account_id: account.id });
  let engaged = false;
  const engaging = engageSwitch(knex, { scope: 'global', id: '*' }, 'drill').then(() => (engaged = true));
  while (!(await isGlobalEngaged(knex))) t.false(engaged);
  t.false(engaged);
  await OrderIntent.query(knex).findById('under-way').patch({ status: 'ACCEPTED' });
  await engaging;
  t.true(engaged);
});

test('the switch of an account waits for what was sent with it, whatever account the bot has by now', async (t) => {
  const { knex } = await freshDatabase(t);
  const { bot, account } = await botWithAccount(knex);
  await underWay(knex, { bot_id: bot.id, exchange_account_id: account.id });
  await knex('bots').where({ id: bot.id }).update({ exchange_account_id: null });
  let engaged = false;
  let asked = 0;
  knex.on('query', ({ sql }: { sql: string }) => (asked += Number(sql.includes('send_before > now()'))));
  const at = { scope: 'account', id: account.id } as const;
  const engaging = engageSwitch(knex, at, 'drill').then(() => (engaged = true));
  // Asked a second time, it has seen what is under way.
  while (asked < 2) await knex.raw('SELECT');
  t.false(engaged);
  await OrderIntent.query(knex).findById('under-way').patch({ status: 'ACCEPTED' });
  await engaging;
  t.true(engaged);
});

async function underWay(knex: Knex, of: { bot_id: string; exchange_account_id: string }): Promise<void> {
  await OrderIntent.query(knex).insert({
    ...of,
    client_order_id: 'under-way',
    cycle: 1,
    leg: 'main',
    sequence: 1,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'LIMIT',
    quantity: '1',
    price: '1',
    send_before: new Date(Date.now() + 60_000),
  });
}

async function isGlobalEngaged(knex: Knex): Promise<boolean> {
  return (await knex('kill_switches').where({ scope: 'global', engaged: true })).length > 0;
}
