import test from 'ava';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { readPortfolio } from '../db/fund/holders.ts';
import { accountBalance } from '../db/fund/ledger-balances.ts';
import { balance } from '../exchanges/simulated/testing/market.ts';
import { startWithdrawals } from '../runtime/testing/withdrawals.ts';

test.serial(
  'fund-integration 39: an approval moves main to sub-account, then out to the address',
  async (t) => {
    const stack = await startWithdrawals(t);
    const { knex, exchange } = stack;
    const userId = await stack.holder('1000');
    const request = await stack.request(userId, '400');
    t.is(exchange.control.chain.withdrawals('fund').length, 0);
    await stack.approve(request);
    await stack.stands(request.id, 'processing', 'confirming');
    t.like(await readPortfolio(knex, userId), { units: '600', locked: '0', reserved: '400' });
    const paid = await stack.paid(request.id);
    t.is(Number(paid.network_fee), 0.3);
    t.truthy(paid.tx_id);
    const [sent, ...more] = exchange.control.chain.withdrawals('fund');
    t.like(sent, { address: request.address, amount: '400', withdrawOrderId: request.id });
    t.is(more.length, 0);
    t.like(await readPortfolio(knex, userId), { units: '600', reserved: '0', withdrawn: '400' });
    t.is(
      await accountBalance(knex, { account: 'main', asset: 'USDC' }),
      balance(exchange.engine, 'fund', 'USDC').free,
    );
    t.deepEqual(await checkLedger(knex), []);
  },
);
