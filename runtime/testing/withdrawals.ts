import { randomUUID } from 'node:crypto';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { Knex } from 'knex';
import {
  WITHDRAWAL_TIMING,
  type WithdrawalDependencies,
  type WithdrawalTiming,
} from '../../activities/fund/withdrawals/dependencies.ts';
import { createWithdrawalActivities } from '../../activities/fund/withdrawals/index.ts';
import { activityInterceptor } from '../../activities/interceptor.ts';
import type { Amount } from '../../bots/money.ts';
import {
  insertWithdrawal,
  type NewWithdrawal,
  type WithdrawalRequest,
} from '../../db/fund/withdrawal-requests.ts';
import { User } from '../../db/models/user.ts';
import { createExchanges } from '../../exchanges/directory.ts';
import type { Treasury } from '../../exchanges/treasury.ts';
import { FUND, startFundExchange } from '../../exchanges/simulated/testing/fund-exchange.ts';
import type { StillExchange } from '../../exchanges/simulated/testing/still-exchange.ts';
import { createWithdrawalClient, type WithdrawalClient } from '../../workflows/client.ts';
import { QUEUES, type WithdrawalCommand, type WithdrawalStanding } from '../../workflows/messages.ts';
import { binarySearch } from '../configuration.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { freshDatabase, type Scope } from './database.ts';
import { openHolder, plainRequest } from './fund-holders.ts';
import { keptCommand } from './kept-command.ts';
import { until } from './stack.ts';
import { freshTemporal, type TestTemporal } from './temporal.ts';

/** A fund whose money is at the simulated exchange, with what pays withdrawals out of it. */
export interface WithdrawalStack {
  knex: Knex;
  temporal: TestTemporal;
  exchange: StillExchange;
  treasury: Treasury;
  withdrawals: WithdrawalClient;
  /** What the activities work with: a test changes what it is about. */
  deps: WithdrawalDependencies;
  startWorkers(): Promise<{ stop(): Promise<void> }>;
  /** A holder of so many units, bought at 1 USDC each. */
  holder(units: Amount): Promise<string>;
  admin(): Promise<string>;
  /** A request on record at 1 USDC a unit, and its workflow running. */
  request(userId: string, amount: Amount, change?: Partial<NewWithdrawal>): Promise<WithdrawalRequest>;
  row(id: string): Promise<WithdrawalRequest>;
  /** Waits until the request stands so. */
  stands(
    id: string,
    status: WithdrawalRequest['status'],
    step?: WithdrawalRequest['step'],
  ): Promise<WithdrawalRequest>;
  /** As a door does: on record first, then sent. */
  command(id: string, command: WithdrawalCommand): Promise<WithdrawalStanding>;
  /** Approves as a new admin. */
  approve(request: WithdrawalRequest): Promise<unknown>;
  /** How often the exchange has moved a request's money to the sub-account, and out. */
  effects(id: string): { staged: number; withdrawals: number };
  /** Blocks come until it is paid. */
  paid(id: string): Promise<WithdrawalRequest>;
}

export interface WithdrawalStackOptions {
  timing?: Partial<WithdrawalTiming>;
  step?: WithdrawalDependencies['step'];
  worker?: boolean;
  /** Where there is a database and a Temporal server already. */
  on?: { knex: Knex; temporal: TestTemporal };
}

/** So that what is in doubt is so for moments. */
const QUICK: WithdrawalTiming = { ...WITHDRAWAL_TIMING, acceptance: 500, patience: 3_000 };

export async function startWithdrawals(
  t: Scope,
  { timing, step = () => undefined, worker = true, on }: WithdrawalStackOptions = {},
): Promise<WithdrawalStack> {
  const [{ knex }, temporal] = on
    ? [on, on.temporal]
    : await Promise.all([freshDatabase(t, { acquireTimeoutMs: 60_000 }), freshTemporal(t)]);
  const exchange = await startFundExchange(t);
  const exchanges = createExchanges({
    paperUrl: exchange.url as `http://${string}`,
    testnet: true,
    unseal: () => FUND,
  });
  t.teardown(() => exchanges.close());
  const account = { id: randomUUID(), user_id: randomUUID(), exchange: 'Binance', kind: 'paper' } as const;
  const treasury = await exchanges.treasury({ ...account, sealed: Buffer.alloc(0), updated_at: new Date() });
  t.teardown(() => treasury.close());
  const deps: WithdrawalDependencies = {
    ...{ knex, now: Date.now, step, timing: { ...QUICK, ...timing } },
    treasury: async () => treasury,
    subAccountOf: (userId) => subAccountOf(knex, treasury, userId),
    async readMarks(assets) {
      const market = await exchanges.publicMarket('Binance', 'paper');
      const prices = await Promise.all(assets.map((asset) => market.price(`${asset}/USDT`)));
      const marks = Object.fromEntries(assets.map((asset, at) => [asset, prices[at]!.price]));
      return { marks, at: Date.now(), isProvisional: false };
    },
    settings: { currency: 'USDC', initialPrice: '1' },
  };
  const startWorkers = () => openWorkers(t, temporal, deps);
  if (worker) await startWorkers();
  const withdrawals = createWithdrawalClient(temporal.client, { deadlineMs: 30_000 });
  const row = async (id: string) =>
    (await knex<WithdrawalRequest>('withdrawal_requests').where({ id }).first())!;
  const stands: WithdrawalStack['stands'] = (id, status, atStep) =>
    until(`${id} to be ${status} ${atStep ?? ''}`, async () => {
      const now = await row(id);
      return now.status === status && (atStep === undefined || now.step === atStep) && now;
    });
  const admin = async () =>
    (await User.query(knex).insert({ name: 'Admin', role: 'admin' }).returning('*')).id;
  const command: WithdrawalStack['command'] = async (id, asked) => {
    const { commandId, name, by: userId } = asked;
    await keptCommand(knex, { id: commandId, requestId: id, name, userId });
    return withdrawals.command(id, asked);
  };
  return {
    ...{ knex, temporal, exchange, treasury, command, withdrawals, deps, startWorkers, row, stands, admin },
    holder: (units) => openHolder(knex, units),
    async request(userId, amount, change = {}) {
      const request = await insertWithdrawal(knex, { ...plainRequest(userId, amount), ...change });
      await withdrawals.start(request.id);
      return request;
    },
    approve: async ({ id, digest }) =>
      command(id, { name: 'approve', commandId: randomUUID(), by: await admin(), digest }),
    effects(id) {
      const { chain } = exchange.control;
      const staged = chain.transfers('fund').filter((each) => each.clientTranId === `${id}-staging`);
      const withdrawals = chain.withdrawals('fund').filter((each) => each.withdrawOrderId === id);
      return { staged: staged.length, withdrawals: withdrawals.length };
    },
    paid: (id) =>
      until(`${id} to be paid`, async () => {
        exchange.control.chain.mine('BSC', 20);
        const now = await row(id);
        return now.status === 'completed' && now;
      }),
  };
}

async function subAccountOf(knex: Knex, treasury: Treasury, userId: string): Promise<string> {
  const known = await knex('fund_sub_accounts').where({ user_id: userId }).first('sub_account_id');
  if (known) return known.sub_account_id;
  const { subAccountId } = await treasury.createSubAccount(userId.replaceAll('-', ''));
  await knex('fund_sub_accounts').insert({ user_id: userId, sub_account_id: subAccountId });
  return subAccountId;
}

async function openWorkers(
  t: Scope,
  { connection, namespace }: TestTemporal,
  deps: WithdrawalDependencies,
): Promise<{ stop(): Promise<void> }> {
  const { decisions, moves } = createWithdrawalActivities(deps);
  const bundle = await workflowBundle(binarySearch().cacheDir);
  const create = (taskQueue: string, own: Partial<WorkerOptions>) =>
    Worker.create({
      ...{ connection, namespace, taskQueue, shutdownGraceTime: '10ms', shutdownForceTime: '5s' },
      interceptors: { activity: [(context) => ({ inbound: activityInterceptor(context) })] },
      ...own,
    });
  const workers = await Promise.all([
    create(QUEUES.bots, {
      ...{ workflowBundle: bundle, activities: decisions, stickyQueueScheduleToStartTimeout: '2s' },
    }),
    create(QUEUES.treasury, { activities: moves }),
  ]);
  const ended = Promise.all(workers.map((worker) => worker.run()));
  const stop = async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended.catch(() => undefined);
  };
  t.teardown(stop);
  return { stop };
}
