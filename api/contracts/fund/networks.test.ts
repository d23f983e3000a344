import test from 'ava';
import { mainObserved } from '../../../bots/fund/postings.ts';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../../bots/fund/policy.ts';
import { postEntry } from '../../../db/fund/post-entry.ts';
import { OUTSIDE_ADDRESS } from '../../../exchanges/simulated/testing/fund-exchange.ts';
import { keptCommand } from '../../../runtime/testing/kept-command.ts';
import { openHolder } from '../../../runtime/testing/fund-holders.ts';
import { startLooseFund } from '../../../runtime/testing/loose-fund.ts';
import { actor } from '../../testing/fund-api.ts';
import { startApi, TEST_SETTINGS } from '../../testing/start-api.ts';

interface Body {
  data: { id: string; address: string };
  error?: string;
}

test('each network has one name, from the setting to the chain, and the terms of its exchange', async (t) => {
  const fund = await startLooseFund(t);
  const { knex, activities, run, withdrawals, exchange } = fund;
  const { chain } = exchange.control;
  const networks = TEST_SETTINGS.fund.networks as (keyof typeof OUTSIDE_ADDRESS)[];
  const policy = { ...DEFAULT_WITHDRAWAL_POLICY, newAddressCoolingHours: 0, securityCoolingHours: 0 };
  const settings = { ...TEST_SETTINGS.fund, withdrawalPolicy: policy };
  const openAddress = (of: { userId: string; network: string }) => run(activities.openDepositAddress, of);
  const api = await startApi(t, { authRequired: true, fund: settings }, { knex, deposits: { openAddress } });
  const [holder, admin] = [await actor(api, 'user'), await actor(api, 'admin')];
  await postEntry(knex, { ...mainObserved({ asset: 'BTC', amount: '1' }), key: 'bitcoin', at: Date.now() });
  await openHolder(knex, '1000', holder.id);
  t.deepEqual(await run(activities.checkSolvency, undefined), []);

  const ask = (amount: number, network: keyof typeof OUTSIDE_ADDRESS) =>
    api.call<Body>(
      'POST',
      '/api/v1/wallet/withdraw-request',
      { amount, network, address: OUTSIDE_ADDRESS[network] },
      holder.headers,
    );
  for (const network of networks) {
    const path = `/api/v1/wallet/deposit-address?network=${network}`;
    const { address } = (await api.call<Body>('GET', path, undefined, holder.headers)).body.data;
    chain.send({ asset: 'USDC', network, address, amount: '20' });
    const asked = await ask(20, network);
    t.is(asked.status, 201, asked.text);
    const of = { withdrawalId: asked.body.data.id };
    const { digest } = await knex('withdrawal_requests').where({ id: of.withdrawalId }).first();
    const kept = { requestId: of.withdrawalId, name: 'approve', userId: admin.id } as const;
    const approval = { ...of, commandId: await keptCommand(knex, kept), by: admin.id, digest };
    await run(withdrawals.decisions.approve, approval);
    await run(withdrawals.moves.stage, { ...of, transferId: `${of.withdrawalId}-staging` });
    t.deepEqual(await run(withdrawals.moves.send, { ...of, attempt: 1 }), { outcome: 'accepted' });
    chain.mine(network, 70);
    t.is(await run(withdrawals.moves.confirm, of), 'completed');
  }
  await run(activities.observeDeposits, undefined);
  const credited = await knex('deposits').where({ status: 'credited' }).pluck('network');
  t.deepEqual(new Set(credited), new Set(networks));
  const paid = chain.withdrawals('fund').map(({ network, address }) => [network, address]);
  t.deepEqual(Object.fromEntries(paid), OUTSIDE_ADDRESS);

  t.is((await ask(9.999999, 'ETH')).body.error, 'amount: Must be at least 10 USDC on ETH');
  t.is((await ask(10, 'ETH')).status, 201);
  await knex('fund_networks').where({ network: 'ETH' }).update({ withdraw_fee: '20', withdraw_min: '1' });
  t.is((await ask(20, 'ETH')).body.error, 'amount: Must be more than 20 USDC, the fee of ETH');
  await knex('fund_networks').where({ network: 'ETH' }).update({ withdraw_enabled: false });
  const closed = await ask(50, 'ETH');
  t.is(closed.status, 400);
  t.is(closed.body.error, 'network: The exchange sends no USDC over ETH right now');
});
