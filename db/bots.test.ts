import { randomUUID } from 'node:crypto';
import test from 'ava';
import { freshDatabase, untilLockAwaited } from '../runtime/testing/database.ts';
import { botWithAccount, PING_PONG } from '../runtime/testing/rows.ts';
import { EVERYBODY, findBot, insertBot, listBots, readStatistics } from './bots.ts';
import { deleteKeys, insertKeys } from './exchange-keys.ts';
import { clearLogs, countLogs, deleteOldLogs, insertLog, listLogs } from './logs.ts';
import { Bot } from './models/bot.ts';
import { User } from './models/user.ts';

const ALL = { userId: EVERYBODY } as const;

test('ten bots that come at once on nine existing ones leave exactly ten', async (t) => {
  const { knex } = await freshDatabase(t);
  const { bot } = await botWithAccount(knex);
  const row = { ...PING_PONG, user_id: bot.user_id };
  for (let count = 2; count <= 9; count++) t.truthy(await insertBot(knex, row, { maxBots: 10 }));
  const results = await Promise.all(Array.from({ length: 10 }, () => insertBot(knex, row, { maxBots: 10 })));
  t.is(results.filter((inserted) => inserted !== null).length, 1);
  t.is(await Bot.query(knex).resultSize(), 10);
});

test('a bot that is made while the keys for it are deleted has none', async (t) => {
  const { knex } = await freshDatabase(t);
  const { id: user_id } = await User.query(knex).insert({ name: 'Owner' }).returning('*');
  const by = { userId: user_id, address: '127.0.0.1' };
  const exchange = 'Binance';
  const sealed = { sealed: Buffer.from('sealed'), sealed_key_id: 'key', api_key_last4: 'abcd' };
  const keys = { ...sealed, permissions: [], warnings: [], kind: 'paper' as const };
  t.truthy(await insertKeys(knex, { ...keys, id: randomUUID(), user_id, exchange }, by));
  const deletion = await knex.transaction();
  await deleteKeys(deletion, { userId: user_id, exchange }, by);
  const making = insertBot(knex, { ...PING_PONG, user_id }, { maxBots: 10 });
  await untilLockAwaited(knex);
  await deletion.commit();
  t.is((await making)?.exchange_account_id, null);
});

test("one owner's bots do not count against another", async (t) => {
  const { knex } = await freshDatabase(t);
  await botWithAccount(knex);
  const other = await botWithAccount(knex);
  t.truthy(await insertBot(knex, { ...PING_PONG, user_id: other.bot.user_id }, { maxBots: 2 }));
  t.is(await insertBot(knex, { ...PING_PONG, user_id: other.bot.user_id }, { maxBots: 2 }), null);
});

test('bots come newest first, filtered by status and owner', async (t) => {
  const { knex } = await freshDatabase(t);
  const first = (await botWithAccount(knex)).bot;
  const second = (await botWithAccount(knex, { status: 'ACTIVE' })).bot;
  const third = (await botWithAccount(knex)).bot;
  const ids = async (filter: object) =>
    (await listBots(knex, { ...ALL, skip: 0, limit: 100, ...filter })).map(({ id }) => id);
  t.deepEqual(await ids({}), [third.id, second.id, first.id]);
  t.deepEqual(await ids({ skip: 1, limit: 1 }), [second.id]);
  t.deepEqual(await ids({ status: 'ACTIVE' }), [second.id]);
  t.deepEqual(await ids({ userId: first.user_id! }), [first.id]);
  t.is(await findBot(knex, first.id, { userId: second.user_id! }), null);
  t.is((await findBot(knex, first.id, ALL))?.ticker, 'BTC/USDT');
});

test('statistics are exact sums, and zeros where there is nothing', async (t) => {
  const { knex } = await freshDatabase(t);
  const empty = { total_bots: 0, active_bots: 0, stopped_bots: 0, total_pnl: '0', total_trades: 0 };
  t.deepEqual(await readStatistics(knex, ALL), empty);
  await botWithAccount(knex, { status: 'ACTIVE', pnl: '0.1', total_trades: 3 });
  await botWithAccount(knex, { status: 'ERROR', pnl: '0.2', total_trades: 4 });
  t.deepEqual(await readStatistics(knex, ALL), {
    total_bots: 2,
    active_bots: 1,
    stopped_bots: 0,
    total_pnl: '0.30000000',
    total_trades: 7,
  });
});

test('logs are counted by level, listed newest first, cleared by owner and by age', async (t) => {
  const { knex } = await freshDatabase(t);
  for (const level of ['INFO', 'ERROR', 'ERROR'] as const)
    await insertLog(knex, { bot_id: null, level, message: 'm' });
  await knex('activity_logs')
    .where({ level: 'INFO' })
    .update({ timestamp: knex.raw(`now() - interval '31 days'`) });
  t.deepEqual(await countLogs(knex, ALL), {
    INFO: 1,
    SUCCESS: 0,
    WARNING: 0,
    ERROR: 2,
    TELEGRAM: 0,
    total: 3,
  });
  t.is((await listLogs(knex, { ...ALL, level: 'ERROR', skip: 0, limit: 10 })).length, 2);
  t.is(await deleteOldLogs(knex, 30), 1);
  t.is(await clearLogs(knex, ALL), 2);
});
