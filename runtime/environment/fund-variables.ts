import { z } from 'zod';
import { STRATEGIES } from '../../bots/strategies/index.ts';
import { NETWORK_NAMES } from '../../db/fund/addresses.ts';
import { fundFeesSchema } from '../../bots/fund/fees.ts';
import { DEFAULT_WITHDRAWAL_POLICY, withdrawalPolicySchema } from '../../bots/fund/policy.ts';
import {
  amount,
  amountAboveZero,
  choice,
  listAmong,
  optionalAmount,
  optionalJson,
  optionalList,
  secret,
  whole,
} from './rules.ts';

/** What `FUND_STRATEGY_PARAMETERS` may be for the standard strategy. */
export const EXAMPLE_PARAMETERS = '{"timeframe":"15m","quoteAmount":"250"}';

const { minimum: STANDARD_MINIMUM, ...STANDARD_POLICY } = DEFAULT_WITHDRAWAL_POLICY;
/** The least is said in one place. */
const policySchema = withdrawalPolicySchema.extend({
  minimum: z.never({ error: 'is what MIN_WITHDRAWAL_USDC says: leave it out here' }).optional(),
});

/** The fund: what its bot trades, what a unit begins at, how money comes in and goes out. */
export const fund = {
  FUND_SYMBOLS: optionalList(
    'What the fund trades, one market against USDC; not set: there is no fund',
    'BTCUSDC',
  ),
  FUND_STRATEGY: choice(
    STRATEGIES.map(({ name }) => name) as [string, ...string[]],
    'rsi-reversal',
    "The strategy of the fund's bot",
  ),
  FUND_STRATEGY_PARAMETERS: optionalJson(
    z.record(z.string(), z.unknown()),
    'Its parameters, as GET /strategies describes them, in JSON; needed with FUND_SYMBOLS',
    EXAMPLE_PARAMETERS,
  ),
  FUND_API_KEY: secret(
    "Keys of the fund's main account, which read and trade and may not withdraw; not set: an account of the simulated exchange",
  ),
  FUND_API_SECRET: secret('Their secret'),
  FUND_INITIAL_NAV: amountAboveZero('1', 'What the first units cost, in USDC'),
  FUND_INITIAL_CAPITAL: optionalAmount(
    'What results of the bot are set against, in USDC; not set: what has been paid in, less what has been paid out',
    '10000',
  ),
  FUND_NETWORKS: listAmong(
    NETWORK_NAMES,
    ['ETH', 'BSC', 'TRX', 'SOL'],
    'Networks that deposits and withdrawals go over, the first unless said',
  ),
  FUND_WITHDRAWAL_POLICY: optionalJson(
    policySchema,
    'What a withdrawal may be (null: no limit), how many admins must agree from which amount on, and how long it waits, in JSON; what is left out is as here',
    JSON.stringify(STANDARD_POLICY),
  ),
  FUND_FEES: optionalJson(
    fundFeesSchema,
    'What holders pay, in units, in JSON: percent in a year, and percent of what their units gain; null for none of it; not set: no fees',
    '{"managementPercent":"2","performancePercent":"20"}',
  ),
  DEPOSIT_POLL_SECONDS: whole(60, 'Seconds between two looks for deposits', [1, 3_600]),
  HEARTBEAT_SECONDS: whole(
    15,
    "How old a worker's sign of life may get; after four times that the fund's bot does not count as healthy",
    [2, 3_600],
  ),
  MIN_DEPOSIT_USDC: amount('10', 'Deposits below it are kept aside, without units'),
  MIN_WITHDRAWAL_USDC: amountAboveZero(STANDARD_MINIMUM, 'The least that can be withdrawn'),
};
