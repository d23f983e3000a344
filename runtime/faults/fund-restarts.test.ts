import test from 'ava';
import { callerOf } from '../../api/testing/start-api.ts';
import { checkLedger } from '../../db/fund/check-ledger.ts';
import { addFundBot } from '../testing/fund.ts';
import { EAGER_POLICY, EAGER_SETTINGS, fundDoors, type Person } from '../testing/fund-doors.ts';
import { openFund } from '../testing/funded-stack.ts';
import { startStack } from '../testing/stack.ts';
import { startApiProcess } from './api-process.ts';
import { keptPostgres, keptTemporal } from './kept-servers.ts';
import { startWorker } from './worker-process.ts';

interface Listed {
  id: string;
  status: string;
}

test.serial(
  'fund-integration 18, 25, 45: units, trades, a paused bot and withdrawals survive the end of every process, and are paid afterwards',
  async (t) => {
    const [postgres, temporal] = await Promise.all([keptPostgres(t), keptTemporal(t)]);
    const stack = await startStack(t, { worker: false, postgres, temporal, settings: EAGER_SETTINGS });
    const { exchange, knex, until } = stack;
    const fund = await openFund(stack);
    const { minimum: MIN_WITHDRAWAL_USDC, ...policy } = EAGER_POLICY;
    const variables = {
      ...{ FUND_WITHDRAWAL_POLICY: JSON.stringify(policy), MIN_WITHDRAWAL_USDC, FUND_NETWORKS: 'BSC' },
      HEARTBEAT_SECONDS: '2',
    };
    const [worker, api] = await Promise.all([startWorker(t, stack), startApiProcess(t, stack, variables)]);
    const doors = fundDoors(fund, api.url);
    const [admin, holder] = [await doors.person('admin'), await doors.investor('10000')];
    const read = async <T>(path: string, by: Person) => (await doors.send<T>('GET', path, by)).body.data;
    // 409 where the first asking was carried out after all.
    const asked = async (answer: Promise<{ status: number }>) =>
      t.true([200, 409].includes((await answer).status));
    const told = (path: string) => asked(doors.send('POST', path, admin));
    const bot = await addFundBot(knex, {
      exchange_account_id: fund.main,
      ...{ quantity: '0.1', infinite_loop: true },
    });
    const rests = (side: string) =>
      until(`the ${side} to rest`, () =>
        knex('orders').where({ bot_id: bot.id, side, status: 'OPEN' }).first(),
      );
    await told('/bot/start');
    await rests('BUY');
    exchange.control.movePrice('BTCUSDC', '44900');
    await rests('SELL');
    await told('/bot/pause');
    const ask = async (amount: number) => (await doors.ask(holder, amount)).body.data.id;
    const [pending, under] = [await ask(1_000), await ask(500)];
    await asked(doors.approve(under, admin));
    await until('the money to be on its way', () =>
      knex('withdrawal_requests').where({ id: under, step: 'confirming' }).first(),
    );
    const seen = async () => ({
      ...(await read<object>('/bot/portfolio', holder)),
      trades: await read('/bot/trades', holder),
      withdrawals: (await read<Listed[]>('/wallet/withdrawals', holder)).map(({ id, status }) => ({
        ...{ id, status },
      })),
      bot: await read<{ status: string }>('/bot/status', holder).then(({ status }) => status),
      waiting: await read<Listed[]>('/admin/withdrawals?status=pending_approval', admin),
    });
    // Nothing is valued any more.
    await worker.kill();
    const before = await seen();
    t.like(before, { bot: 'paused', trades: { length: 1 }, waiting: { length: 1 } });

    await Promise.all([api.kill(), temporal.kill(), postgres.kill()]);
    await Promise.all([temporal.start(), postgres.start()]);
    await api.start();
    t.deepEqual(await seen(), before);
    const call = callerOf(api.url);
    const isHealthy = async () => {
      const { status, body } = await call<{ is_healthy: boolean }>('GET', '/api/v1/bot/health');
      return status === 200 ? body.is_healthy : null;
    };
    await until('the fund to be seen without its worker', async () => (await isHealthy()) === false);
    await startWorker(t, stack);
    await until('the fund to be well again', isHealthy);

    await asked(doors.approve(pending, admin));
    for (const id of [pending, under]) {
      t.is((await doors.ended(id, admin)).status, 'completed');
      t.deepEqual(doors.effects(id), { staged: 1, withdrawals: 1, returned: 0 });
    }
    t.is(await read<{ status: string }>('/bot/status', holder).then(({ status }) => status), 'paused');
    await told('/bot/resume');
    exchange.control.movePrice('BTCUSDC', '46100');
    await until('what it holds to be sold', async () => (await knex('trading_history')).length === 2);
    await rests('BUY');
    t.deepEqual(await checkLedger(knex), []);
    t.deepEqual(await doors.wrong(), []);
  },
);
