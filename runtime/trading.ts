import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { Knex } from 'knex';
import { TIMING, type Dependencies, type Timing } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { createUpkeep } from '../activities/upkeep.ts';
import { EXCHANGES } from '../bots/exchanges.ts';
import { createExchanges, type StreamFault } from '../exchanges/directory.ts';
import type { Credentials } from '../exchanges/port.ts';
import type { Vault } from '../exchanges/vault.ts';
import { createWithdrawalClient } from '../workflows/client.ts';
import { createFund, type FundOptions } from './fund-activities.ts';
import { tellFund } from './fund-news.ts';
import { watchForLostWorkers } from './lost-workers.ts';
import { createWorkers, type WorkersOptions } from './workers.ts';

export interface TradingOptions {
  knex: Knex;
  connection: NativeConnection;
  client: Client;
  namespace: string;
  workflowBundle: WorkflowBundleOption;
  vault: Vault;
  /** The simulated exchange, where every paper account trades. */
  paperUrl: `http://${string}` | `https://${string}`;
  /** True: live accounts trade on their exchange's test network. */
  testnet: boolean;
  slots: WorkersOptions['slots'];
  logRetentionDays: number | null;
  onStreamFault?: (fault: StreamFault) => void;
  /** Something beside trading went wrong and will be tried again. */
  onFault?: (error: unknown) => void;
  timing?: Partial<Timing>;
  /** What a fault test may hook into. */
  step?: Dependencies['step'];
  fund: Pick<FundOptions, 'settings'> &
    Partial<Pick<FundOptions, 'now' | 'step' | 'timing' | 'withdrawalStep' | 'withdrawalTiming'>>;
  /** Of the fund's main account, where they are not stored with it; null where this process may not move the fund's money. */
  treasury: { keys: Credentials | null } | null;
}

export interface Trading {
  /** Takes no new work, lets what is under way end, closes every stream. Resolves when all of it is done. */
  stop(): Promise<void>;
  /** Resolves when the workers have stopped; rejects where one failed. */
  ended: Promise<void>;
}

/** Everything that trades, in this process: the exchanges, the activities over them and a worker for each queue. */
export async function startTrading(options: TradingOptions): Promise<Trading> {
  const { knex, client, vault, paperUrl, testnet, onStreamFault, onFault, logRetentionDays } = options;
  const exchanges = createExchanges({
    paperUrl,
    testnet,
    unseal: ({ id: accountId, user_id: userId, exchange, kind, sealed }) =>
      vault.open(sealed, { accountId, userId, exchange, kind }),
    ...(onStreamFault ? { onStreamFault } : {}),
  });
  const activities = createActivities({
    knex,
    openAccount: (account) => exchanges.account(account),
    now: Date.now,
    timing: { ...TIMING, ...options.timing },
    step: options.step ?? (() => undefined),
    recorded: tellFund({ knex, client }),
  });
  const upkeep = createUpkeep({
    ...{ knex, client, logRetentionDays, currency: options.fund.settings.currency },
    startWithdrawal: createWithdrawalClient(client).start,
  });
  const fund = createFund({ knex, exchanges, ...options.fund, treasury: options.treasury });
  const identity = `${hostname().slice(0, 50)}-${randomUUID()}`;
  const served = {
    activities,
    upkeep,
    fund: fund.activities,
    decisions: fund.decisions,
    treasury: fund.treasury,
  };
  const workers = await createWorkers({ ...options, ...served, identity, exchanges: EXCHANGES });
  const leave = watchForLostWorkers({ knex, client, identity, ...(onFault ? { onFault } : {}) });
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return {
    ended,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.catch(() => undefined);
      await leave();
      await fund.close();
      await exchanges.close();
    },
  };
}
