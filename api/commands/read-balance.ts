import type { Amount } from '../../bots/money.ts';
import { findKeys, findTradingAccount, listKeys } from '../../db/exchange-keys.ts';
import type { Caller } from '../auth/caller.ts';
import type { Dependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

/** A user's account of a currency on an exchange. */
export interface Balance {
  exchange: string;
  free: Amount;
  used: Amount;
}

export type BalanceContext = Pick<Dependencies, 'knex' | 'accounts'> & { caller: Pick<Caller, 'userId'> };

/**
 * What the user has of the currency on the exchange, or on the first whose keys they stored; where they stored none, of
 * the account that their bots trade with. Throws `keys_missing`, and what
 * asking the exchange throws.
 */
export async function readBalance(
  { exchange, currency }: { exchange: string | undefined; currency: string },
  { knex, accounts, caller }: BalanceContext,
): Promise<Balance> {
  const { userId } = caller;
  const own =
    exchange === undefined ? (await listKeys(knex, userId))[0] : await findKeys(knex, { userId, exchange });
  const account = own ?? (await findTradingAccount(knex, { userId, exchange }));
  if (!account)
    throw new ApiError(
      'keys_missing',
      'There are no keys of yours to read a balance with. Add them with POST /account/api-keys; for an account with play money send "kind": "paper" and no keys.',
    );
  return { exchange: account.exchange, ...(await accounts.balance(account, currency)) };
}
