import test from 'ava';
import { freshDatabase } from '../runtime/testing/database.ts';
import { tradingBot } from '../runtime/testing/trading-history.ts';
import { EVERYBODY } from './bots.ts';
import { ensureFundOwner } from './fund/owner.ts';
import { listPositions } from './positions.ts';
import { listResults, midnight, readPerformance, sumResults } from './trade-results.ts';

test("results are the owner's alone, by the currency they were made in, of trades that closed", async (t) => {
  const { knex } = await freshDatabase(t);
  const [ada, bob] = (await knex('users')
    .insert([{ name: 'Ada' }, { name: 'Bob' }])
    .returning('id')) as [{ id: string }, { id: string }];
  const at = (time: string) => `2026-03-10T${time}:00Z`;
  const first = await tradingBot(knex, ada.id, {
    trades: [
      ...[[null, at('01:00')] as const, ['5', at('02:00')] as const, ['-8', at('03:00')] as const],
      ...[
        ['0.1', at('04:00'), 'ETH/BTC'] as const,
        ['-1', at('04:30')] as const,
        ['20', at('05:00')] as const,
      ],
    ],
  });
  await tradingBot(knex, ada.id, { trades: [['0', at('06:00'), 'ETH/USDT:USDT']] });
  const others = await tradingBot(knex, bob.id, { trades: [['7', at('01:00')]] });
  const fund = await tradingBot(knex, await ensureFundOwner(knex), { trades: [['1000', at('01:00')]] });

  t.deepEqual(numbered(await sumResults(knex, { userId: ada.id, since: null })), [
    { currency: 'BTC', trades: 1, wins: 1, losses: 0, pnl: 0.1 },
    { currency: 'USDT', trades: 5, wins: 2, losses: 2, pnl: 16 },
  ]);
  t.like(numbered(await sumResults(knex, { userId: EVERYBODY, since: null })), [
    { currency: 'BTC' },
    { currency: 'USDT', trades: 6, pnl: 23 },
  ]);
  t.deepEqual(await sumResults(knex, { userId: bob.id, since: new Date(at('01:01')) }), []);
  const now = new Date(at('05:00'));
  // In New York midnight was at 04:00, an hour and no more before.
  const since = midnight(knex, { now, timeZone: 'America/New_York' });
  t.like(numbered(await sumResults(knex, { userId: ada.id, since }))[1]!, { trades: 3, pnl: 19 });

  const [, usdt] = numbered(await readPerformance(knex, { userId: ada.id, since: null }));
  t.deepEqual(usdt, {
    ...{ currency: 'USDT', trades: 5, wins: 2, losses: 2, pnl: 16 },
    // From 5 down to -4.
    ...{ average: 3.2, best: 20, worst: -8, drawdown: 9 },
  });
  const [mine] = numbered(await readPerformance(knex, { userId: bob.id, since: null }));
  t.like(mine!, { trades: 1, drawdown: 0 });

  for (const [n, bot_id] of [first, others, fund].entries())
    await knex('positions').insert({ bot_id, quantity: `${n + 1}`, cost: '100', realised: '0' });
  t.deepEqual(
    numbered(await listPositions(knex, { userId: ada.id })).map(({ quantity, unrealised }) => [
      quantity,
      unrealised,
    ]),
    [[1, null]],
  );
  t.is((await listPositions(knex, { userId: EVERYBODY })).length, 2);
});

test('periods are told of without a gap, by the clock of the time zone', async (t) => {
  const { knex } = await freshDatabase(t);
  const [{ id }] = (await knex('users').insert({ name: 'Ada' }).returning('id')) as [{ id: string }];
  const asked = { userId: id, timeZone: 'Europe/Berlin', now: new Date('2026-03-30T10:00:00Z') };
  t.deepEqual(
    (await listResults(knex, { ...asked, unit: 'month', count: 3 })).map(({ start, trades }) => [
      start,
      trades,
    ]),
    [
      ['2026-03-01', 0],
      ['2026-02-01', 0],
      ['2026-01-01', 0],
    ],
  );
  // The 29th has 23 hours there: summer time begins.
  await tradingBot(knex, id, {
    trades: [
      ...[['1', '2026-03-28T22:59:59Z'] as const, ['2', '2026-03-28T23:00:00Z'] as const],
      ...[['4', '2026-03-29T21:59:59Z'] as const, ['8', '2026-03-29T22:00:00Z'] as const],
      ['100', '2026-03-27T22:59:59Z'],
    ],
  });
  t.deepEqual(
    numbered(await listResults(knex, { ...asked, unit: 'day', count: 3 })).map(({ start, pnl }) => [
      start,
      pnl,
    ]),
    [
      ['2026-03-30', 8],
      ['2026-03-29', 6],
      ['2026-03-28', 1],
    ],
  );
  t.deepEqual(
    numbered(await listResults(knex, { ...asked, unit: 'week', count: 2 })).map(({ start, pnl }) => [
      start,
      pnl,
    ]),
    [
      ['2026-03-30', 8],
      ['2026-03-23', 107],
    ],
  );
});

/** Amounts as numbers: how many zeros they end with says nothing. */
function numbered<T extends object>(rows: readonly T[]): Record<keyof T, unknown>[] {
  return rows.map(
    (row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          /^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : value,
        ]),
      ) as Record<keyof T, unknown>,
  );
}
