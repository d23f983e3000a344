import { secret } from './rules.ts';

/** What moves the fund's money. */
export const treasury = {
  TREASURY_API_KEY: secret(
    "Keys of the fund's main account that may transfer and withdraw: for the worker that moves its money, and for nothing else. Not needed on paper",
  ),
  TREASURY_API_SECRET: secret('Their secret'),
};
