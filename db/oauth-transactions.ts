import type { Knex } from 'knex';
import { OAuthTransaction } from './models/oauth-transaction.ts';
import { tokenHash } from './token-hash.ts';

/** So long somebody may take at the provider. */
const LIFE_MS = 10 * 60_000;

/** What names a transaction: the state that came back, in the browser it was given to, for the provider it was begun with. */
export interface TransactionKey {
  state: string;
  browser: string;
  provider: string;
}

export async function insertTransaction(
  knex: Knex,
  {
    state,
    browser,
    ...transaction
  }: TransactionKey & Pick<OAuthTransaction, 'nonce' | 'code_verifier' | 'linking_session_id'>,
  now: Date,
): Promise<void> {
  await OAuthTransaction.query(knex).insert({
    ...{ state_hash: tokenHash(state), browser_hash: tokenHash(browser), ...transaction },
    ...{ created_at: now, expires_at: new Date(now.getTime() + LIFE_MS) },
  });
}

/**
 * Takes the transaction out: of any number that ask at once one alone is given it. Undefined where there is none, or no
 * longer, or the browser or the provider is another; then it stays for whom it belongs to.
 */
export async function takeTransaction(
  knex: Knex,
  { state, browser, provider }: TransactionKey,
  now: Date,
): Promise<OAuthTransaction | undefined> {
  const [taken] = await OAuthTransaction.query(knex)
    .where({ state_hash: tokenHash(state), browser_hash: tokenHash(browser), provider })
    .where('expires_at', '>', now)
    .delete()
    .returning('*');
  return taken;
}

/** Transactions that nobody can finish any more are forgotten; returns how many. */
export async function deleteOldTransactions(knex: Knex): Promise<number> {
  return OAuthTransaction.query(knex).delete().whereRaw('expires_at < now()');
}
