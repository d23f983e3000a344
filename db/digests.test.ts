import test from 'ava';
import type { Knex } from 'knex';
import { freshDatabase } from '../runtime/testing/database.ts';
import { writeDigests } from './digests.ts';
import { ensureDefaultOwner } from './owners.ts';

test('A digest of the day before is written at 09:00 of its reader, over a change of the clocks, and once', async (t) => {
  const { knex } = await freshDatabase(t);
  const write = (at: string) => writeDigests(knex, { now: new Date(at), currency: 'USDC' });
  const berlin = await reader(knex, 1, 'Europe/Berlin');
  // Clocks go forward there on 29 March 2026: at 09:00 it is 08:00 UTC the day before, and 07:00 on the day.
  t.is(await write('2026-03-28T07:59:00Z'), 0);
  t.is(await write('2026-03-28T08:00:00Z'), 1);
  const { last_value } = await knex('events_id_seq').first('last_value');
  t.is(await write('2026-03-28T08:15:00Z'), 0);
  t.like(await knex('events_id_seq').first('last_value'), { last_value }, 'nor is it worked out again');
  t.is(await write('2026-03-29T06:59:00Z'), 0);
  t.is(await write('2026-03-29T07:00:00Z'), 1);
  t.deepEqual(
    (await knex('events').where({ type: 'digest', user_id: berlin }).orderBy('id')).map(
      ({ payload }) => payload.date,
    ),
    ['2026-03-27', '2026-03-28'],
  );
  await reader(knex, 2, 'Nowhere/None');
  t.is(await write('2026-03-29T08:59:00Z'), 0);
  t.is(await write('2026-03-29T09:00:00Z'), 1, 'a time zone that is none is UTC');
});

test('A digest counts the trades of the local day, of its reader alone; who is not linked, or reads nothing, has none', async (t) => {
  const { knex } = await freshDatabase(t);
  const owner = await ensureDefaultOwner(knex);
  const [seoul, off] = [await reader(knex, 1, 'Asia/Seoul'), await reader(knex, 2, 'Asia/Seoul')];
  await knex('telegram_links').where({ user_id: off }).update({ is_on: false });
  const [bot, nobodys] = [await bought(knex, seoul), await bought(knex, null)];
  // The day in Seoul begins at 15:00 UTC of the day before.
  await trade(knex, bot, '2026-05-09T14:59:59Z', '100');
  await trade(knex, bot, '2026-05-09T15:00:00Z', '12.5');
  await trade(knex, bot, '2026-05-10T03:00:00Z', '-0.156');
  await trade(knex, bot, '2026-05-10T14:59:59Z', null);
  await trade(knex, bot, '2026-05-10T15:00:00Z', '100');
  await trade(knex, nobodys, '2026-05-10T12:00:00Z', '1');
  t.is(await writeDigests(knex, { now: new Date('2026-05-11T09:00:00Z'), currency: 'USDC' }), 2);
  const digests = await knex('events').where({ type: 'digest' });
  const of = (id: string) => digests.find(({ user_id }) => user_id === id)?.payload;
  const common = { date: '2026-05-10', running: 1, fundValue: null, fundCurrency: 'USDC' };
  t.deepEqual(of(seoul), { ...common, trades: 2, wins: 1, losses: 1, pnl: { USDT: '12.344' } });
  t.deepEqual(of(owner.id), { ...common, trades: 1, wins: 1, losses: 0, pnl: { USDT: '1' } });
});

async function reader(knex: Knex, telegramId: number, timeZone: string): Promise<string> {
  const [{ id }] = (await knex('users').insert({ name: 'Ada' }).returning('id')) as [{ id: string }];
  await knex('telegram_links').insert({
    user_id: id,
    telegram_id: telegramId,
    name: 'Ada',
    linked_at: new Date(),
  });
  await knex('user_preferences').insert({ user_id: id, time_zone: timeZone });
  return id;
}

async function bought(knex: Knex, userId: string | null): Promise<string> {
  const market = { ticker: 'BTC/USDT', exchange: 'Binance', first_order: 'BUY', quantity: '1' };
  const prices = { buy_price: '1', sell_price: '2' };
  const row = { ...market, ...prices, user_id: userId, status: 'ACTIVE' };
  const [{ id }] = (await knex('bots').insert(row).returning('id')) as [{ id: string }];
  return id;
}

async function trade(knex: Knex, botId: string, at: string, pnl: string | null): Promise<void> {
  const row = {
    symbol: 'BTC/USDT',
    exchange: 'Binance',
    side: 'SELL',
    quantity: '1',
    price: '1',
    commission: '0',
  };
  await knex('trades').insert({ ...row, bot_id: botId, pnl, executed_at: new Date(at) });
}
