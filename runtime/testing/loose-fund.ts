import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Knex } from 'knex';
import { subAccountOf } from '../../activities/fund/deposit-address.ts';
import type { FundDependencies, FundStep } from '../../activities/fund/dependencies.ts';
import { createFundActivities, createTreasuryActivities } from '../../activities/fund/index.ts';
import type { FundActivities, TreasuryActivities } from '../../activities/fund/types.ts';
import type { WithdrawalStep } from '../../activities/fund/withdrawals/dependencies.ts';
import { createWithdrawalActivities } from '../../activities/fund/withdrawals/index.ts';
import { NO_FEES } from '../../bots/fund/fees.ts';
import { createExchanges } from '../../exchanges/directory.ts';
import { FUND, startFundExchange } from '../../exchanges/simulated/testing/fund-exchange.ts';
import type { StillExchange } from '../../exchanges/simulated/testing/still-exchange.ts';
import type { Treasury } from '../../exchanges/treasury.ts';
import { freshDatabase, type Scope } from './database.ts';

/** A fund's activities over a database and the simulated exchange, to be called one by one without a workflow. */
export interface LooseFund {
  knex: Knex;
  exchange: StillExchange;
  treasury: Treasury;
  /** What the fund's activities work with: a test changes what it is about. */
  deps: FundDependencies;
  activities: FundActivities & TreasuryActivities;
  withdrawals: ReturnType<typeof createWithdrawalActivities>;
  /** Runs an activity as a worker would. */
  run<I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O>;
  /** Runs it up to one of its steps, as if its worker had ended there. */
  runUntil<I>(
    step: FundStep | WithdrawalStep,
    activity: (input: I) => Promise<unknown>,
    input: I,
  ): Promise<void>;
}

/** The main account has 1,000 USDC and 1 BTC, which the ledger knows nothing of; `somebody` has what others trade with. */
export async function startLooseFund(t: Scope): Promise<LooseFund> {
  const [{ knex }, exchange] = await Promise.all([freshDatabase(t), startFundExchange(t)]);
  exchange.control.openAccount({
    ...{ id: 'somebody', balances: { BTC: '1', BNB: '1' }, keys: [] },
    ...{ makerFee: '0', takerFee: '0', feeAsset: 'quote' },
  });
  const exchanges = createExchanges({
    paperUrl: exchange.url as `http://${string}`,
    testnet: true,
    unseal: () => FUND,
  });
  t.teardown(() => exchanges.close());
  const row = { id: randomUUID(), user_id: randomUUID(), exchange: 'Binance', kind: 'paper' } as const;
  const account = { ...row, sealed: Buffer.alloc(0), updated_at: new Date() };
  const treasury = await exchanges.treasury(account);
  t.teardown(() => treasury.close());
  let stopAt: string | null = null;
  const step = (at: string) => {
    if (at === stopAt) throw new Stopped();
  };
  const deps: FundDependencies = {
    ...{ knex, now: Date.now, step, timing: { sendWithin: 10_000, acceptance: 0 } },
    treasury: async () => treasury,
    main: (use) => exchanges.visit(account, use),
    readMarks: async () => ({ marks: { BTC: '50000' }, at: Date.now(), isProvisional: false }),
    subAccountOf: (userId) => subAccountOf({ knex, treasury: async () => treasury }, userId),
    settings: {
      ...{ currency: 'USDC', initialPrice: '1', networks: ['BSC'], minDeposit: '10' },
      fees: NO_FEES,
    },
  };
  const timing = { sendWithin: 10_000, acceptance: -10_000, patience: 0 };
  const readMarks: FundDependencies['readMarks'] = (assets) => deps.readMarks(assets);
  const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
  const run: LooseFund['run'] = (activity, input) => environment.run(activity, input);
  return {
    ...{ knex, exchange, treasury, deps, run },
    activities: { ...createFundActivities(deps), ...createTreasuryActivities(deps) },
    withdrawals: createWithdrawalActivities({ ...deps, readMarks, step, timing }),
    async runUntil(at, activity, input) {
      stopAt = at;
      const ended = await run(activity, input).catch((error: unknown) => error);
      stopAt = null;
      if (!(ended instanceof Stopped)) throw new Error(`It never came to ${at}: ${String(ended)}`);
    },
  };
}

/** Its worker is gone. */
class Stopped extends Error {}
