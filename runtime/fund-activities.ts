import type { Knex } from 'knex';
import { subAccountOf } from '../activities/fund/deposit-address.ts';
import { FUND_TIMING, type FundDependencies, type FundTiming } from '../activities/fund/dependencies.ts';
import { createFundActivities, createTreasuryActivities } from '../activities/fund/index.ts';
import { readMarks } from '../activities/fund/marks.ts';
import type { FundActivities, TreasuryActivities } from '../activities/fund/types.ts';
import {
  WITHDRAWAL_TIMING,
  type WithdrawalDependencies,
  type WithdrawalTiming,
} from '../activities/fund/withdrawals/dependencies.ts';
import { createWithdrawalActivities } from '../activities/fund/withdrawals/index.ts';
import type { WithdrawalDecisions, WithdrawalMoves } from '../activities/fund/withdrawals/types.ts';
import { findFundAccount } from '../db/fund/account.ts';
import type { ExchangeAccount } from '../db/models/exchange-account.ts';
import type { Exchanges, SealedAccount, UnstoredAccount } from '../exchanges/directory.ts';
import { ExchangeError, type Credentials } from '../exchanges/port.ts';
import type { Treasury } from '../exchanges/treasury.ts';

export interface FundOptions extends Partial<Pick<FundDependencies, 'now' | 'step'>> {
  /** What a fault test may hook into. */
  withdrawalStep?: WithdrawalDependencies['step'];
  withdrawalTiming?: Partial<WithdrawalTiming>;
  knex: Knex;
  exchanges: Exchanges;
  settings: FundDependencies['settings'];
  timing?: Partial<FundTiming>;
  /** Null where this process may not move the fund's money. `keys` are needed for real money, and used for nothing else. */
  treasury: { keys: Credentials | null } | null;
}

/** What the fund's workflows call, over the fund's account as it is on record whenever it is used. */
export function createFund({ knex, exchanges, settings, treasury: given, ...rest }: FundOptions): {
  activities: FundActivities;
  /** Of withdrawals: what writes, and what moves money. */
  decisions: WithdrawalDecisions;
  treasury: (TreasuryActivities & WithdrawalMoves) | null;
  close(): Promise<void>;
} {
  const now = rest.now ?? Date.now;
  let opened: Promise<Treasury> | null = null;
  const treasury = (): Promise<Treasury> => {
    opened ??= keyedAccount(knex, given).then((account) => exchanges.treasury(account));
    // What could not be opened is tried again by the next who asks.
    opened.catch(() => (opened = null));
    return opened;
  };
  const market = async () => {
    const { exchange, kind } = await fundAccount(knex);
    return exchanges.publicMarket(exchange, kind);
  };
  const dependencies: FundDependencies = {
    ...{ knex, treasury, settings, now, step: rest.step ?? (() => undefined) },
    timing: { ...FUND_TIMING, ...rest.timing },
    main: async (use) => exchanges.visit(await keyedAccount(knex, given), use),
    readMarks: (assets) => readMarks({ market, currency: settings.currency, now }, assets),
    subAccountOf: (userId) => subAccountOf({ knex, treasury }, userId),
  };
  const { decisions, moves } = createWithdrawalActivities({
    ...dependencies,
    step: rest.withdrawalStep ?? (() => undefined),
    timing: { ...WITHDRAWAL_TIMING, ...rest.withdrawalTiming },
  });
  return {
    ...{ activities: createFundActivities(dependencies), decisions },
    treasury: given && { ...createTreasuryActivities(dependencies), ...moves },
    close: async () => (await opened?.catch(() => null))?.close(),
  };
}

/** Play money is moved with the account's own keys; for real money there are others, which are in no database. */
async function keyedAccount(
  knex: Knex,
  given: FundOptions['treasury'],
): Promise<SealedAccount | UnstoredAccount> {
  const account = await fundAccount(knex);
  const { exchange, kind } = account;
  if (kind === 'paper') return account;
  if (given?.keys) return { exchange, kind, credentials: given.keys };
  throw missing(
    'TREASURY_API_KEY and TREASURY_API_SECRET are not set: the fund of real money cannot be moved.',
  );
}

async function fundAccount(knex: Knex): Promise<ExchangeAccount> {
  const account = await findFundAccount(knex);
  if (account) return account;
  throw missing('The fund has no account on an exchange yet.');
}

function missing(message: string): ExchangeError {
  return new ExchangeError(message, {
    ...{ code: 'bad_credentials', phase: 'before_call', retrySafe: true, final: false },
  });
}
