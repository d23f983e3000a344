import { randomUUID } from 'node:crypto';
import test from 'ava';
import { NO_FEES } from '../../bots/fund/fees.ts';
import { checkLedger } from '../../db/fund/check-ledger.ts';
import { recordDeposit } from '../../db/fund/deposits.ts';
import { readPortfolio } from '../../db/fund/holders.ts';
import { User } from '../../db/models/user.ts';
import { openHolder } from '../../runtime/testing/fund-holders.ts';
import { startLooseFund } from '../../runtime/testing/loose-fund.ts';

const DAY = 86_400_000;

test('a day’s fees are charged at its first final valuation while dealing goes on, before deposits are given units', async (t) => {
  const { knex, deps, activities, run, runUntil } = await startLooseFund(t);
  const holder = await openHolder(knex, '100');
  const begun = Date.now();
  const unitsOf = async (userId: string) => (await readPortfolio(knex, userId)).units;
  const at = (days: number, isProvisional = false) => {
    const marks = { marks: {}, at: begun + days * DAY, isProvisional };
    deps.readMarks = async () => marks;
  };
  const turn = () => run(activities.valueFund, { reason: 'sync' });

  at(0);
  await turn();
  deps.settings = { ...deps.settings, fees: { ...NO_FEES, managementPercent: '36.5' } };
  at(10);
  await turn();
  at(20, true);
  await turn();
  await run(activities.freeze, { because: 'Something is wrong' });
  at(20);
  await turn();
  t.is(await unitsOf(holder), '100');

  await run(activities.unfreeze, { by: randomUUID() });
  const { id: late } = await User.query(knex).insert({ name: 'Late' }).returning('*');
  await run(activities.openDepositAddress, { userId: late, network: 'BSC' });
  const told = { asset: 'USDC', network: 'BSC', amount: '100', txId: 'tx', confirmations: 20 } as const;
  await recordDeposit(
    knex,
    { ...told, userId: late, venueDepositId: '1', state: 'final', seenAt: begun },
    { at: begun, keptBecause: null },
  );
  // It has committed: whoever repeats it charges nobody twice.
  await runUntil('value:written', activities.valueFund, { reason: 'sync' });
  t.like(await turn(), { price: '1.000000000000000000', units: '200.00000000' });
  t.deepEqual([await unitsOf(holder), await unitsOf(late)], ['99', '100']);
  t.is((await knex('transactions').where({ type: 'fee' })).length, 1);
  t.deepEqual(await checkLedger(knex), []);
});
