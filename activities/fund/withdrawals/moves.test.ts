import { randomUUID } from 'node:crypto';
import test from 'ava';
import { checkLedger } from '../../../db/fund/check-ledger.ts';
import { freezeFund } from '../../../db/fund/freeze.ts';
import { readPortfolio } from '../../../db/fund/holders.ts';
import { insertWithdrawal } from '../../../db/fund/withdrawal-requests.ts';
import { balance } from '../../../exchanges/simulated/testing/market.ts';
import { openHolder, plainRequest } from '../../../runtime/testing/fund-holders.ts';
import { startLooseFund, type LooseFund } from '../../../runtime/testing/loose-fund.ts';
import { shared } from '../../../runtime/testing/shared.ts';
import { until } from '../../../runtime/testing/stack.ts';
import { readDifferences } from '../differences.ts';

const fundOf = shared(async (t) => {
  const fund = await startLooseFund(t);
  return { fund, userId: await openHolder(fund.knex, '1000') };
});

test.serial('P3: a refund that another run begins anew brings back what was on its way', async (t) => {
  const { fund, userId } = await fundOf(t);
  const { moves } = fund.withdrawals;
  const withdrawalId = await approved(fund, userId);
  await fund.run(moves.stage, { withdrawalId, transferId: `${withdrawalId}-staging` });
  const back = { withdrawalId, transferId: `${withdrawalId}-return-1`, reason: 'refused' };
  await fund.runUntil('return:intended', moves.refund, { ...back, from: 'sub' });
  // All that the row tells another run is that it is returning.
  await fund.run(moves.refund, { ...back, from: 'main' });
  t.is(balance(fund.exchange.engine, 'fund', 'USDC').free, '1000');
  const { differences } = await readDifferences(fund.deps);
  t.deepEqual(
    differences.filter(({ asset }) => asset === 'USDC'),
    [],
  );
});

test.serial('P2: refunds at the same time do not stand in each other’s way', async (t) => {
  const { fund, userId } = await fundOf(t);
  const { moves } = fund.withdrawals;
  const ids: string[] = [];
  for (let count = 0; count < 6; count += 1) {
    const id = await approved(fund, userId);
    await fund.run(moves.stage, { withdrawalId: id, transferId: `${id}-staging` });
    ids.push(id);
  }
  const back = { from: 'sub', reason: 'refused' } as const;
  const ended = await Promise.all(
    ids.map((id) => fund.run(moves.refund, { ...back, withdrawalId: id, transferId: `${id}-return-1` })),
  );
  t.deepEqual(new Set(ended.map(({ status }) => status)), new Set(['failed']));
  t.like(await readPortfolio(fund.knex, userId), { units: '1000', locked: '0', reserved: '0' });
  t.deepEqual(await checkLedger(fund.knex), []);
});

test.serial('P2: once dealing is frozen no money begins its way out', async (t) => {
  const { fund, userId } = await fundOf(t);
  const { knex, withdrawals, run } = fund;
  const id = await approved(fund, userId);
  const staging = { withdrawalId: id, transferId: `${id}-staging` };
  const staged = await knex.transaction(async (tx) => {
    await freezeFund(tx, { at: Date.now(), because: 'stop everything' });
    const begun = run(withdrawals.moves.stage, staging).catch((error: unknown) => error);
    await until('the staging to wait for the freeze', () => waitsForLedger(fund));
    return { begun };
  });
  t.like(await staged.begun, { type: 'NotYet', message: 'Dealing is frozen: stop everything' });
  t.is((await knex('withdrawal_requests').where({ id }).first()).status, 'approved');
});

/** A request for 100 USDC that is approved. */
async function approved({ knex, withdrawals, run }: LooseFund, userId: string): Promise<string> {
  const { id, digest } = await insertWithdrawal(knex, { ...plainRequest(userId, '100'), quorum: 0 });
  await run(withdrawals.decisions.approve, { withdrawalId: id, commandId: randomUUID(), by: null, digest });
  return id;
}

async function waitsForLedger({ knex }: LooseFund): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.length > 0;
}
