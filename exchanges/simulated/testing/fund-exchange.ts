import type { SimulatedExchangeOptions } from '../server.ts';
import { accountOf, startStillExchange, type ExchangeScope, type StillExchange } from './still-exchange.ts';

/** Keys of a fund's main account: everything but the market is theirs too. */
export const FUND = { apiKey: 'fund-key-0123456789', secret: 'fund-secret-0123456789' };

/** Addresses outside, one on each network: good ones, and nobody's here. */
export const OUTSIDE_ADDRESS = {
  ETH: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  BSC: '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  TRX: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
  SOL: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
} as const;

/** A still exchange with the account `fund`, 1,000 USDC in it; blocks come when the test says so. */
export async function startFundExchange(
  t: ExchangeScope,
  options: Partial<SimulatedExchangeOptions> = {},
): Promise<StillExchange> {
  const exchange = await startStillExchange(t, { chainPace: 0, ...options });
  const permissions = { read: true, trade: true, withdraw: true, transfer: true };
  const account = accountOf('fund', FUND, { permissions });
  exchange.control.openAccount({ ...account, balances: { USDC: '1000', BTC: '1' } });
  return exchange;
}
