import { writeSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Step, Timing } from '../../activities/dependencies.ts';
import type { FundStep } from '../../activities/fund/dependencies.ts';
import type { WithdrawalStep } from '../../activities/fund/withdrawals/dependencies.ts';
import { NO_FEES } from '../../bots/fund/fees.ts';
import { openDatabase } from '../../db/connect.ts';
import { createVault } from '../../exchanges/vault.ts';
import { TEST_AUDIT_KEY } from '../testing/database.ts';
import { quietTemporal } from '../testing/temporal.ts';
import { startTrading } from '../trading.ts';

/** Where everything is: the first message of whoever started this process. */
export interface Surroundings {
  databaseUrl: string;
  temporalAddress: string;
  namespace: string;
  paperUrl: `http://${string}`;
  /** The file of the bundled workflows. */
  workflows: string;
  vault: { keyId: string; key: string };
  timing: Partial<Timing>;
}

type MarkedStep = Step | FundStep | WithdrawalStep;

/** At which step, counted from now on, this process is to be struck. */
export interface Strike {
  step: MarkedStep;
  /** The bot or withdrawal, by id; absent: whichever comes to the step. */
  of?: string;
  nth: number;
  /** `SIGSTOP` is told on standard output before it happens. */
  signal: 'SIGKILL' | 'SIGSTOP';
}

export type Message = { start: Surroundings } | { arm: Strike };

/** A worker as `runtime/worker.ts` runs it, which ends itself in the middle of its work when it has been told to. */
let armed: Strike | null = null;
let passed = 0;

process.on('message', (message: Message) => {
  if ('start' in message) void start(message.start);
  else {
    armed = message.arm;
    passed = 0;
  }
});
// Without whoever started it nobody would end it.
process.on('disconnect', () => process.exit(1));

async function start(surroundings: Surroundings): Promise<void> {
  const {
    databaseUrl,
    temporalAddress: address,
    namespace,
    paperUrl,
    workflows,
    vault,
    timing,
  } = surroundings;
  quietTemporal();
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const trading = await startTrading({
    knex: openDatabase({ url: databaseUrl, acquireTimeoutMs: 10_000, auditKey: TEST_AUDIT_KEY }),
    connection,
    client: new Client({ connection: clientConnection, namespace }),
    namespace,
    workflowBundle: { codePath: workflows },
    vault: createVault({ currentKeyId: vault.keyId, keys: { [vault.keyId]: Buffer.from(vault.key, 'hex') } }),
    paperUrl,
    testnet: true,
    slots: { watch: 200, trade: 50, cachedWorkflows: 200 },
    logRetentionDays: null,
    timing,
    step,
    fund: {
      settings: {
        ...{ currency: 'USDC', initialPrice: '1', networks: ['BSC'], minDeposit: '10' },
        fees: NO_FEES,
      },
      timing: { sendWithin: 1_500, acceptance: 1_000 },
      withdrawalTiming: { sendWithin: 1_500, acceptance: 1_000, patience: 500 },
      step,
      withdrawalStep: step,
    },
    treasury: { keys: null },
  });
  process.once('SIGTERM', () => void trading.stop().then(() => process.exit(0)));
  process.send?.('started');
  await trading.ended;
}

function step(name: MarkedStep, of?: string): void {
  if (armed?.step !== name || (armed.of !== undefined && armed.of !== of)) return;
  passed += 1;
  if (passed < armed.nth) return;
  const { signal } = armed;
  armed = null;
  // Written to the pipe itself, at once: a stopped process has no other way to say so.
  if (signal === 'SIGSTOP') writeSync(1, 'stopped\n');
  process.kill(process.pid, signal);
}
