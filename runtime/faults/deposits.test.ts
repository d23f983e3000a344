import test from 'ava';
import type { FundStep } from '../../activities/fund/dependencies.ts';
import { checkLedger } from '../../db/fund/check-ledger.ts';
import { openFund } from '../testing/funded-stack.ts';
import { startStack } from '../testing/stack.ts';
import { startWorker } from './worker-process.ts';

/** After what cannot be undone, and before anybody has been told of it. */
const STEPS: FundStep[] = ['deposits:recorded', 'value:written', 'sweep:intended', 'sweep:sent'];

test.serial(
  'fund-integration 30: a worker killed over a deposit gives units once and sweeps once',
  async (t) => {
    const stack = await startStack(t, { worker: false });
    const fund = await openFund(stack);
    let worker = await startWorker(t, stack);
    const holder = await fund.holder();
    for (const step of STEPS) {
      worker.arm({ step, nth: 1, signal: 'SIGKILL' });
      fund.pay(holder, '100');
      const monitored = fund.run('depositMonitor');
      t.is((await worker.exited).by, 'SIGKILL', step);
      worker = await startWorker(t, stack);
      await monitored;
      await fund.settled('swept');
    }
    const deposits = await fund.deposits();
    t.deepEqual(
      deposits.map(({ units }) => units),
      STEPS.map(() => '100.00000000'),
    );
    const moves = stack.exchange.control
      .requests(0)
      .filter(({ method, path }) => method === 'POST' && path === '/sapi/v1/sub-account/universalTransfer');
    t.is(moves.length, STEPS.length);
    t.deepEqual(await checkLedger(fund.knex), []);
    t.deepEqual(await fund.run('solvency'), []);
  },
);
