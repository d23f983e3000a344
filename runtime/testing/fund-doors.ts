import { randomUUID } from 'node:crypto';
import type { ApiSettings } from '../../api/settings.ts';
import { bearer, PASSWORD, signedIn, type Pair } from '../../api/testing/identity.ts';
import { callerOf, TEST_SETTINGS, type TestAnswer } from '../../api/testing/start-api.ts';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../bots/fund/policy.ts';
import { checkLedger } from '../../db/fund/check-ledger.ts';
import { type WithdrawalRequest } from '../../db/fund/withdrawal-requests.ts';
import type { Role } from '../../db/models/user.ts';
import { OUTSIDE_ADDRESS } from '../../exchanges/simulated/testing/fund-exchange.ts';
import { NETWORK, type FundStack, type Holder } from './funded-stack.ts';

/** Somebody who is signed in. */
export interface Person {
  userId: string;
  headers: { Authorization: string };
}

/** The fund as people have it: everything is asked of the API over HTTP, and again where nobody could answer yet. */
export interface FundDoors {
  person(role: Role): Promise<Person>;
  /** Somebody whose payment of so much USDC has units and has been swept. */
  investor(amount: string): Promise<Person & Holder>;
  send<T = unknown>(
    method: 'GET' | 'POST',
    path: string,
    by: Person,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<TestAnswer<Told<T>>>;
  /** Asks for a withdrawal to an address outside. */
  ask(by: Person, amount: number, key?: string): Promise<TestAnswer<Told<{ id: string }>>>;
  approve(id: string, by: Person): Promise<TestAnswer<Told<unknown>>>;
  /** How often the exchange has moved a withdrawal's money to the sub-account, out, and back to main. */
  effects(id: string): { staged: number; withdrawals: number; returned: number };
  /** Blocks come, and what is in doubt `admin` has sent again, until it has ended. */
  ended(id: string, admin: Person): Promise<WithdrawalRequest>;
  /** What is wrong with ledger, exchange and units together; nothing where all is well. */
  wrong(): Promise<unknown[]>;
}

/** An answer of the fund's contract. */
export interface Told<T> {
  success: boolean;
  error?: string;
  data: T;
}

/** The least payment is below what a network takes, and nothing cools: a test need not wait. */
export const EAGER_POLICY = {
  ...DEFAULT_WITHDRAWAL_POLICY,
  ...{ minimum: '0.1', newAddressCoolingHours: 0, securityCoolingHours: 0 },
};
export const EAGER_SETTINGS: Partial<ApiSettings> = {
  authRequired: true,
  fund: { ...TEST_SETTINGS.fund, withdrawalPolicy: EAGER_POLICY },
};

/** The doors of the fund: those of its stack, which has `EAGER_SETTINGS`, or of an API elsewhere over the same. */
export function fundDoors(fund: FundStack, url = fund.api.url): FundDoors {
  const { exchange, knex, main, until } = fund;
  const { chain } = exchange.control;
  const call = callerOf(url);
  const send = <T>(
    ...[method, path, by, body, headers = {}]: Parameters<FundDoors['send']>
  ): Promise<TestAnswer<Told<T>>> =>
    until(`an answer to ${method} ${path}`, async () => {
      const answer = await call<Told<T>>(method, `/api/v1${path}`, body, { ...by.headers, ...headers });
      return answer.status !== 503 && answer;
    });
  const person: FundDoors['person'] = async (role) => {
    const { id: userId, email } = await signedIn(call, `${role}-${randomUUID()}@example.com`);
    await knex('users').where({ id: userId }).update({ role });
    const { body } = await call<Pair>('POST', '/auth/login', { email, password: PASSWORD });
    return { userId, headers: bearer(body.access_token) };
  };
  return {
    ...{ person, send },
    async investor(amount) {
      const who = await person('user');
      const path = `/wallet/deposit-address?network=${NETWORK}`;
      const { address } = (await send<{ address: string }>('GET', path, who)).body.data;
      const { sub_account_id } = await knex('fund_sub_accounts').where({ user_id: who.userId }).first();
      const investor = { ...who, address, subAccountId: sub_account_id };
      fund.pay(investor, amount);
      await fund.run('depositMonitor');
      await fund.settled('swept');
      return investor;
    },
    ask: (by, amount, key = randomUUID()) =>
      send(
        ...(['POST', '/wallet/withdraw-request', by] as const),
        { amount, network: NETWORK, address: OUTSIDE_ADDRESS[NETWORK] },
        { 'Idempotency-Key': key },
      ),
    approve: (id, by) => send('POST', `/admin/approve-withdrawal/${id}`, by, {}),
    effects(id) {
      // Whatever may follow: another attempt would be another id.
      const transfers = (prefix: string) =>
        chain.transfers(main).filter(({ clientTranId }) => clientTranId?.startsWith(prefix)).length;
      const withdrawals = chain.withdrawals(main).filter((each) => each.withdrawOrderId === id).length;
      return { staged: transfers(`${id}-staging`), withdrawals, returned: transfers(`${id}-return`) };
    },
    ended: (id, admin) =>
      until(
        `withdrawal ${id} to end`,
        async () => {
          chain.mine(NETWORK, 20);
          const row = await knex<WithdrawalRequest>('withdrawal_requests').where({ id }).first();
          // Refused as long as it can turn up by itself.
          if (row?.status === 'manual_review')
            await send('POST', `/admin/resolve-withdrawal/${id}`, admin, { outcome: 'retry' });
          return ENDS.has(row?.status) && row;
        },
        { everyMs: 100, patienceMs: 120_000 },
      ),
    wrong: async () => [...(await checkLedger(knex)), ...((await fund.run('solvency')) as unknown[])],
  };
}

const ENDS: ReadonlySet<unknown> = new Set(['completed', 'rejected', 'cancelled', 'expired', 'failed']);
