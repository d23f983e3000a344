import { InvalidBot, readBot } from '../../bots/bot.ts';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../bots/fund/policy.ts';
import { ConfigurationError } from './configuration-error.ts';
import { EXAMPLE_PARAMETERS } from './fund-variables.ts';
import type { EmbeddedEnvironment } from './variables.ts';

/** What the fund's money is counted in. */
export const FUND_CURRENCY = 'USDC';
/** Of every network it is on here. */
const CURRENCY_DECIMALS = 6;
/** So many beats may be missing before somebody counts as dead. */
const MISSED_BEATS = 4;

/** All that is said of the fund in the environment. `bot` is null where there is none. */
export function fundSettings(env: EmbeddedEnvironment) {
  return {
    currency: FUND_CURRENCY,
    decimals: CURRENCY_DECIMALS,
    bot: fundBot(env),
    keys: fundKeys(env),
    initialPrice: env.FUND_INITIAL_NAV,
    initialCapital: env.FUND_INITIAL_CAPITAL ?? null,
    networks: env.FUND_NETWORKS,
    minDeposit: env.MIN_DEPOSIT_USDC,
    withdrawalPolicy: {
      ...(env.FUND_WITHDRAWAL_POLICY ?? DEFAULT_WITHDRAWAL_POLICY),
      minimum: env.MIN_WITHDRAWAL_USDC,
    },
    staleAfterSeconds: env.HEARTBEAT_SECONDS * MISSED_BEATS,
  };
}

export type FundSettings = ReturnType<typeof fundSettings>;
export type FundBotSettings = NonNullable<FundSettings['bot']>;

/** What the fund's bot trades and how; checked as a bot's row is when it starts. */
function fundBot(env: EmbeddedEnvironment) {
  const { FUND_SYMBOLS: symbols, FUND_STRATEGY: strategy, FUND_STRATEGY_PARAMETERS: parameters = {} } = env;
  if (symbols === undefined || symbols.length === 0) return null;
  const [, base] = /^([A-Z0-9]{1,12})\/?USDC$/.exec(symbols[0] ?? '') ?? [];
  if (symbols.length > 1 || base === undefined)
    throw new ConfigurationError(
      `FUND_SYMBOLS must be one market against ${FUND_CURRENCY}, such as BTC${FUND_CURRENCY}: the fund has one bot, which trades one market.`,
    );
  try {
    const read = readBot({ strategy, parameters, protections: {} });
    return {
      symbol: `${base}/${FUND_CURRENCY}`,
      strategy,
      parameters: read.parameters as Record<string, unknown>,
    };
  } catch (error) {
    if (!(error instanceof InvalidBot)) throw error;
    throw new ConfigurationError(
      `FUND_STRATEGY_PARAMETERS does not fit FUND_STRATEGY=${strategy}. ${error.message} ` +
        `It is JSON as GET /strategies describes it, for rsi-reversal such as ${EXAMPLE_PARAMETERS}.`,
    );
  }
}

function fundKeys({ FUND_API_KEY: apiKey, FUND_API_SECRET: secret }: EmbeddedEnvironment) {
  if (apiKey === undefined && secret === undefined) return null;
  if (apiKey === undefined || secret === undefined)
    throw new ConfigurationError(
      `${apiKey === undefined ? 'FUND_API_KEY' : 'FUND_API_SECRET'} is missing: set both keys, or neither.`,
    );
  return { apiKey, secret };
}
