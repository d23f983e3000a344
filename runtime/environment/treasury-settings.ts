import { NO_FEES } from '../../bots/fund/fees.ts';
import type { Credentials } from '../../exchanges/port.ts';
import { ConfigurationError } from './configuration-error.ts';
import { FUND_CURRENCY } from './fund-settings.ts';
import type { EmbeddedEnvironment } from './variables.ts';

/** How money comes into the fund, and the keys that move it. */
export function treasurySettings(env: EmbeddedEnvironment) {
  return {
    keys: treasuryKeys(env),
    depositPollSeconds: env.DEPOSIT_POLL_SECONDS,
    fund: {
      currency: FUND_CURRENCY,
      initialPrice: env.FUND_INITIAL_NAV,
      networks: env.FUND_NETWORKS,
      minDeposit: env.MIN_DEPOSIT_USDC,
      fees: env.FUND_FEES ?? NO_FEES,
    },
  };
}

function treasuryKeys({
  TREASURY_API_KEY: apiKey,
  TREASURY_API_SECRET: secret,
  FUND_SYMBOLS: symbols,
  FUND_API_KEY: fundKey,
}: EmbeddedEnvironment): Credentials | null {
  if (apiKey === undefined && secret === undefined) return null;
  if (apiKey === undefined || secret === undefined)
    throw new ConfigurationError(
      `${apiKey === undefined ? 'TREASURY_API_KEY' : 'TREASURY_API_SECRET'} is missing: set both keys, or neither.`,
    );
  if (symbols?.length && fundKey === undefined)
    throw new ConfigurationError(
      'TREASURY_API_KEY is set, which moves real money, and without FUND_API_KEY the fund is of play money: set both, or neither.',
    );
  return { apiKey, secret };
}
