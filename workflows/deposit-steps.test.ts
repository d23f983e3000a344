import test from 'ava';
import type { FundStep } from '../activities/fund/dependencies.ts';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { startFund } from '../runtime/testing/funded-stack.ts';

const STEPS: Record<FundStep, true> = {
  'deposits:begun': true,
  'deposits:read': true,
  'deposits:recorded': true,
  'value:begun': true,
  'value:marked': true,
  'value:written': true,
  'sweep:begun': true,
  'sweep:intended': true,
  'sweep:sent': true,
  'sweep:asked': true,
  'sweep:settled': true,
};

test.serial(
  'fund-integration 30: cut off at any step, a deposit is credited once and swept once',
  async (t) => {
    let cut: FundStep | null = null;
    const step = (name: FundStep): void => {
      if (name !== cut) return;
      cut = null;
      throw new Error(`Cut off at ${name}`);
    };
    const fund = await startFund(t, { fund: { step } });
    const { control, engine } = fund.exchange;
    const holder = await fund.holder();
    for (const [n, name] of (Object.keys(STEPS) as FundStep[]).entries()) {
      // What became of a transfer is asked where its answer was lost.
      if (name === 'sweep:asked') control.addFault({ kind: 'lost_answer', match: TRANSFER, times: 1 });
      cut = name;
      fund.pay(holder, String(100 + n));
      // The monitor is started again, and once more beside it.
      await Promise.all([fund.run('depositMonitor'), fund.run('depositMonitor')]);
      await fund.settled('swept');
      t.falsy(cut, `${name} was passed`);
    }
    const count = Object.keys(STEPS).length;
    const deposits = await fund.deposits();
    t.is(deposits.length, count);
    for (const { amount, units } of deposits) t.is(Number(units), Number(amount));
    const sum = String(100 * count + (count * (count - 1)) / 2);
    const main = engine.balances(fund.main).find(({ asset }) => asset === 'USDC');
    t.is(Number(main?.free), Number(sum));
    const sent = control
      .requests(0)
      .filter(({ method, path }) => method === TRANSFER.method && path === TRANSFER.path);
    t.is(sent.length, count);
    const [{ units }] = await fund.knex('balances').where({ user_id: holder.userId });
    t.is(Number(units), Number(sum));
    for (const type of ['deposit', 'transfer'])
      t.is((await fund.knex('transactions').where({ type, status: 'completed' })).length, count);
    t.deepEqual(await checkLedger(fund.knex), []);
    t.deepEqual(await fund.run('solvency'), []);
  },
);

const TRANSFER = { method: 'POST', path: '/sapi/v1/sub-account/universalTransfer' };
