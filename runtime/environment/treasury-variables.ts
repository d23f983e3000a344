import { amount, list, secret, whole } from './rules.ts';

/** How money comes into the fund, and what moves it. */
export const treasury = {
  TREASURY_API_KEY: secret(
    "Keys of the fund's main account that may transfer and withdraw: for the worker that moves its money, and for nothing else. Not needed on paper",
  ),
  TREASURY_API_SECRET: secret('Their secret'),
  FUND_INITIAL_NAV: amount('1', 'What the first units cost, in USDC'),
  FUND_NETWORKS: list(
    ['ETH', 'BSC', 'TRX', 'SOL'],
    'Networks that deposits and withdrawals go over, the first unless said',
  ),
  DEPOSIT_POLL_SECONDS: whole(60, 'Seconds between two looks for deposits', [1, 3_600]),
  MIN_DEPOSIT_USDC: amount('10', 'Deposits below it are kept aside, without units'),
};
