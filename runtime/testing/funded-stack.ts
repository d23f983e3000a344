import { randomUUID } from 'node:crypto';
import { findFundAccount } from '../../db/fund/account.ts';
import type { Deposit } from '../../db/fund/deposits.ts';
import { ExchangeAccount } from '../../db/models/exchange-account.ts';
import { User } from '../../db/models/user.ts';
import {
  DEPOSIT_ADDRESS_WORKFLOW,
  depositAddressWorkflowId,
  QUEUES,
  type FundView,
} from '../../workflows/messages.ts';
import { createFundClient } from '../../workflows/client.ts';
import { ensureSchedules } from '../schedules.ts';
import type { Scope } from './database.ts';
import { startStack, type Stack, type StackOptions } from './stack.ts';

/** Somebody who pays into the fund. */
export interface Holder {
  userId: string;
  address: string;
  subAccountId: string;
}

export interface FundStack extends Stack {
  /** The fund's main account at the exchange. */
  main: string;
  holder(): Promise<Holder>;
  /** A payment from outside, in the chain's last word. Returns its transaction's id. */
  pay(holder: Holder, amount: string, asset?: string): string;
  /** Runs a workflow to its end, as its schedule does. */
  run(workflowType: 'depositMonitor' | 'solvency' | 'valuation' | 'withdrawalStarter'): Promise<unknown>;
  /** Lets what a schedule starts begin now. */
  trigger(scheduleId: 'fund/deposits' | 'fund/solvency' | 'fund/valuation'): Promise<void>;
  /** A valuation of now. */
  value(): Promise<FundView>;
  deposits(): Promise<Deposit[]>;
  /** Waits until every deposit is in one of these states. */
  settled(...statuses: Deposit['status'][]): Promise<Deposit[]>;
}

/** On this network a deposit is credited at 8 confirmations and final at 15. */
export const NETWORK = 'BSC';

/** Transfers whose answer was lost are done with within seconds. */
export const QUICK = { sendWithin: 1_500, acceptance: 1_000 };

/** A stack with a fund: a main account without money, whose keys may do everything, and prices in USDC. */
export async function startFund(t: Scope, options: StackOptions = {}): Promise<FundStack> {
  return openFund(await startStack(t, { ...options, fund: { timing: QUICK, ...options.fund } }));
}

/** The same over a stack that runs already. */
export async function openFund(stack: Stack): Promise<FundStack> {
  const { exchange, knex, temporal, until } = stack;
  const { id: main } = await openFundAccount(stack);
  exchange.control.movePrice('BTCUSDC', '50000');
  const deposits = () => knex<Deposit>('deposits').orderBy('seen_at').orderBy('venue_deposit_id');
  return {
    ...stack,
    main,
    async holder() {
      const { id: userId } = await User.query(knex).insert({ name: 'Holder' }).returning('*');
      await temporal.client.workflow.execute(DEPOSIT_ADDRESS_WORKFLOW, {
        ...{ workflowId: depositAddressWorkflowId({ userId, network: NETWORK }), taskQueue: QUEUES.bots },
        args: [{ userId, network: NETWORK }],
      });
      const { address } = await knex('fund_deposit_addresses').where({ user_id: userId }).first();
      const { sub_account_id } = await knex('fund_sub_accounts').where({ user_id: userId }).first();
      return { userId, address, subAccountId: sub_account_id };
    },
    pay({ address }, amount, asset = 'USDC') {
      const txId = exchange.control.chain.send({ asset, network: NETWORK, address, amount });
      exchange.control.chain.mine(NETWORK, 15);
      return txId;
    },
    run: (workflowType) =>
      temporal.client.workflow.execute(workflowType, {
        ...{ workflowId: workflowType, taskQueue: QUEUES.bots, workflowIdConflictPolicy: 'USE_EXISTING' },
      }),
    async trigger(scheduleId) {
      await ensureSchedules(temporal.client, { depositPollSeconds: 3_600 });
      await temporal.client.schedule.getHandle(scheduleId).trigger();
    },
    value: createFundClient(temporal.client, { deadlineMs: 30_000 }).value,
    deposits,
    settled: (...statuses) =>
      until(`deposits to be ${statuses.join(' or ')}`, async () => {
        const rows = await deposits();
        return rows.every(({ status }) => statuses.includes(status)) && rows;
      }),
  };
}

/** The row that names it, and the account itself: one that is there stays. */
async function openFundAccount({ knex, vault, exchange }: Stack): Promise<ExchangeAccount> {
  const known = await findFundAccount(knex);
  if (known) return known;
  const { id: userId } = await User.query(knex).insert({ name: 'Fund' }).returning('*');
  await knex('fund_state').update({ owner_id: userId });
  const [id, keys] = [randomUUID(), { apiKey: `key-${randomUUID()}`, secret: `secret-${randomUUID()}` }];
  const permissions = { read: true, trade: true, withdraw: true, transfer: true };
  exchange.control.openAccount({
    ...{ id, balances: {}, makerFee: '0.001', takerFee: '0.001', feeAsset: 'quote' },
    keys: [{ key: keys.apiKey, secret: keys.secret, permissions, ips: [] }],
  });
  const row = { accountId: id, userId, exchange: 'Binance', kind: 'paper' } as const;
  const { sealed, keyId } = vault.seal(keys, row);
  return ExchangeAccount.query(knex)
    .insert({
      ...{ id, user_id: userId, exchange: 'Binance', label: 'Fund', kind: 'paper' },
      ...{
        api_key_last4: keys.apiKey.slice(-4),
        sealed,
        sealed_key_id: keyId,
        permissions: ['read', 'trade'],
      },
    })
    .returning('*');
}
