import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import {
  depositReceived,
  redemptionFixed,
  stagingDone,
  stagingSent,
  sweepDone,
  sweepSent,
  unitsAllotted,
  unitsLocked,
  withdrawalPaid,
} from '../../../bots/fund/postings.ts';
import { Decimal } from '../../../bots/money.ts';
import { postEntry, type Told } from '../../../db/fund/post-entry.ts';
import { User } from '../../../db/models/user.ts';
import { runProgram } from '../../../runtime/testing/command-line.ts';
import { freshDatabase, TEST_SECRET_KEY } from '../../../runtime/testing/database.ts';
import { statement } from '../../commands/statement.ts';
import { fundApi } from '../../testing/fund-api.ts';

const START = Date.parse('2026-01-07T10:00:00Z');
const DAY = 86_400_000;

test("a statement is the caller's own, and what is added up from its text is what the database says is theirs", async (t) => {
  const { api, knex, user, other } = await fundApi(t);
  await story(knex, user.id);
  const read = async ({ headers }: typeof user, query = '') =>
    api.call<string & { error: string }>('GET', `/api/v1/wallet/statement${query}`, undefined, headers);
  const { text, headers } = await read(user);
  t.regex(headers.get('Content-Type')!, /^text\/csv; charset=utf-8/);
  t.is(headers.get('Content-Disposition'), 'attachment; filename="statement.csv"');
  const rows = linesOf(text);
  t.deepEqual(
    rows.map(({ entry, amount, units, price, units_balance, owed_balance }) =>
      [entry, amount, units, price, units_balance, owed_balance].join(' '),
    ),
    [
      'opening_balance    0 0',
      'deposit_received 100.123456 0  0 100.123456',
      'units_allotted  80.0987648 1.25 80.0987648 0',
      'redemption_fixed  -30 1.5 50.0987648 45',
      'withdrawal_paid -45 0  50.0987648 0',
      'closing_balance    50.0987648 0',
    ],
  );
  t.is(rows[1]!['date'], '2026-01-07T10:00:00.000Z');
  // A venue's id that a spreadsheet would compute; what is negative is an amount as before.
  t.is(rows[2]!['reference'], "'=1+1");
  const { units } = await knex('balances').where({ user_id: user.id }).first();
  const sum = rows.reduce((total, row) => total.add(row['units'] || 0), new Decimal(0));
  t.true(sum.eq(units));

  // Two parts that meet, the last day of the first counted whole.
  const [before, after] = [await read(user, '?to=2026-01-08'), await read(user, '?from=2026-01-09')];
  const [first, second] = [linesOf(before.text), linesOf(after.text)];
  t.deepEqual([first.length, second.length], [4, 4]);
  t.is(first.at(-1)!['date'], '2026-01-08T23:59:59.999Z');
  t.is(second[0]!['units_balance'], first.at(-1)!['units_balance']);
  t.is(linesOf((await read(user, '?from=2026-01-09T10:00:00%2B01:00')).text).length, 4);

  t.is(linesOf((await read(other)).text).length, 2);
  t.is((await read({ ...user, headers: { Authorization: '' } })).status, 401);
  for (const [query, field] of [
    ['?from=yesterday', 'from'],
    ['?to=2026-02-30', 'to'],
    ['?from=2026-01-09&to=2026-01-08', 'to'],
  ] as const) {
    const { status, body } = await read(user, query);
    t.is(status, 400, query);
    t.regex(body.error, new RegExp(`^${field}: must `));
  }
});

test('the same statement is written on the command line', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const { id } = await User.query(knex).insert({ name: 'Ada', email: 'ada@example.com' }).returning('*');
  await story(knex, id);
  const env = { DATABASE_URL: url, SECRET_KEY: TEST_SECRET_KEY, PATH: '' };
  const run = (...words: string[]) => runProgram('runtime/statement.ts', words, env);
  const written = await run('Ada@example.com', '--to', '2026-01-08');
  t.is(written.code, 0);
  t.is(written.output, await statement(knex, { userId: id, currency: 'USDC', to: START + DAY + 50_399_999 }));
  t.like(await run('nobody@example.com'), { code: 1 });
  t.like(await run('ada@example.com', '--from', 'soon'), { code: 64 });
});

/** Paid in, given units on the second day, paid out on the third. */
async function story(knex: Knex, userId: string): Promise<void> {
  const paidIn = { userId, asset: 'USDC', amount: '100.123456' };
  const paidOut = { userId, asset: 'USDC', amount: '45' };
  const [units, id] = ['80.0987648', randomUUID()];
  const deposit = { ...paidIn, type: 'deposit', externalId: '=1+1', status: 'completed' } as const;
  const withdrawal = { ...paidOut, type: 'withdrawal', externalId: id, status: 'processing' } as const;
  const told: Record<string, Told> = {
    deposit_received: { ...deposit, units: null, navPerUnit: null },
    units_allotted: { ...deposit, units, navPerUnit: '1.25' },
    units_locked: { ...withdrawal, units: '36', navPerUnit: '1.25' },
    redemption_fixed: { ...withdrawal, units: '30', navPerUnit: '1.5' },
    withdrawal_paid: { ...withdrawal, units: '30', navPerUnit: '1.5' },
  };
  const course = [
    [depositReceived(paidIn)],
    [
      unitsAllotted({ ...paidIn, units }),
      sweepSent(paidIn),
      sweepDone(paidIn),
      unitsLocked({ userId, units: '36' }),
    ],
    [
      redemptionFixed({ ...paidOut, units: '30', locked: '36' }),
      ...[stagingSent(paidOut), stagingDone(paidOut), withdrawalPaid({ ...paidOut, units: '30' })],
    ],
  ];
  for (const [day, entries] of course.entries())
    for (const [n, entry] of entries.entries()) {
      const transaction = told[entry.kind];
      await postEntry(knex, {
        ...{ ...entry, key: `${id}/${entry.kind}`, at: START + day * DAY + n },
        ...(transaction && { transaction }),
      });
    }
}

/** Each line as an object by the names in the first. */
function linesOf(text: string): Record<string, string>[] {
  const [names = '', ...lines] = text.trimEnd().split('\r\n');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.split(',').map((name, n) => [name, fields[n] ?? '']));
  });
}
