import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { readPortfolio } from '../../db/fund/holders.ts';
import { createWithdrawalClient } from '../../workflows/client.ts';
import { faultRun } from '../configuration.ts';
import { EAGER_SETTINGS, fundDoors, type FundDoors, type Person } from '../testing/fund-doors.ts';
import { keptCommand } from '../testing/kept-command.ts';
import { startFund, type FundStack } from '../testing/funded-stack.ts';

const ADMINS = 50;
const ROUNDS = 2 * faultRun().seeds.length;

test(`P3: of ${ADMINS} approvals at once, ${ROUNDS} times over, as many count as are needed, and each pays once`, async (t) => {
  t.timeout(ROUNDS * 60_000);
  const fund = await startFund(t, { settings: EAGER_SETTINGS });
  const doors = fundDoors(fund);
  const holder = await doors.investor('1000000');
  const admins = await Promise.all(Array.from({ length: ADMINS }, () => doors.person('admin')));
  let paid = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    // The policy asks one admin, and two from 10,000 on.
    const [amount, quorum] = round % 2 === 1 ? [100, 1] : [10_000, 2];
    const id = await askedTenTimes(t, doors, holder, amount);
    const answers = await Promise.all(admins.map((admin) => doors.approve(id, admin)));
    const statuses = answers.map(({ status }) => status);
    t.is(statuses.filter((status) => status === 200).length, quorum, `round ${round}: ${statuses.join()}`);
    t.is(statuses.filter((status) => status === 409).length, ADMINS - quorum);
    t.is((await doors.ended(id, admins[0]!)).status, 'completed');
    t.deepEqual(doors.effects(id), { staged: 1, withdrawals: 1, returned: 0 }, `round ${round}`);
    paid += amount;
  }
  t.like(await readPortfolio(fund.knex, holder.userId), {
    ...{ units: `${1_000_000 - paid}`, locked: '0', reserved: '0', withdrawn: `${paid}` },
  });
  await assertCommandedOnce(t, fund, doors, { holder, admin: admins[0]! });
  t.deepEqual(await doors.wrong(), []);
});

/** By a client that sends the same again and again under its key. */
async function askedTenTimes(
  t: ExecutionContext,
  { ask }: FundDoors,
  holder: Person,
  amount: number,
): Promise<string> {
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(holder, amount, key)));
  const ids = new Set(answers.map(({ body }) => body.data.id));
  t.deepEqual([[...new Set(answers.map(({ status }) => status))], ids.size], [[201], 1]);
  return [...ids][0]!;
}

/** One approval of two, sent ten times under its id: the second is still to come. */
async function assertCommandedOnce(
  t: ExecutionContext,
  { knex, temporal, until }: FundStack,
  doors: FundDoors,
  { holder, admin }: { holder: Person; admin: Person },
): Promise<void> {
  const { id } = (await doors.ask(holder, 10_000)).body.data;
  const { digest } = await knex('withdrawal_requests').where({ id }).first();
  const withdrawals = createWithdrawalClient(temporal.client, { deadlineMs: 30_000 });
  const commandId = await keptCommand(knex, { requestId: id, name: 'approve', userId: admin.userId });
  const command = { name: 'approve', commandId, by: admin.userId, digest } as const;
  const standings = await Promise.all(Array.from({ length: 10 }, () => withdrawals.command(id, command)));
  t.is(new Set(standings.map((standing) => JSON.stringify(standing))).size, 1);
  t.like(standings[0], { status: 'pending_approval', approvedBy: [admin.userId] });
  t.is((await knex('withdrawal_approvals').where({ request_id: id })).length, 1);
  await doors.send('POST', `/wallet/withdrawals/${id}/cancel`, holder);
  await until('it to be cancelled', () =>
    knex('withdrawal_requests').where({ id, status: 'cancelled' }).first(),
  );
}
