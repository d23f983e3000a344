import type { Knex } from 'knex';
import { recordAudit, type AuditEntry, type By } from './audit.ts';
import { ExchangeAccount } from './models/exchange-account.ts';

/**
 * What marks the accounts whose keys a user has entered: one an exchange, by the unique (user_id, exchange, label). Others are
 * the installation's: of the demo, of the environment.
 */
const LABEL = 'API keys';

/** What a row has of its keys. */
export type SealedKeys = Pick<
  ExchangeAccount,
  'api_key_last4' | 'sealed' | 'sealed_key_id' | 'permissions' | 'warnings'
>;

/** Whose keys, and for which exchange, in any letter case. */
interface KeysOf {
  userId: string;
  exchange: string;
}

/** The oldest first. */
export async function listKeys(knex: Knex, userId: string): Promise<ExchangeAccount[]> {
  return ExchangeAccount.query(knex)
    .where({ user_id: userId, label: LABEL })
    .orderBy('created_at')
    .orderBy('id');
}

export async function findKeys(
  knex: Knex,
  { userId, exchange }: KeysOf,
): Promise<ExchangeAccount | undefined> {
  return ExchangeAccount.query(knex)
    .findOne({ user_id: userId, label: LABEL })
    .whereRaw('lower(exchange) = lower(?)', [exchange]);
}

/** Null where the user has keys for that exchange; the database decides between two at once. */
export async function insertKeys(
  knex: Knex,
  account: SealedKeys & Pick<ExchangeAccount, 'id' | 'user_id' | 'exchange' | 'kind'>,
  by: By,
): Promise<ExchangeAccount | null> {
  const row = { ...account, label: LABEL, ...asJson(account) };
  return knex.transaction(async (tx) => {
    const [inserted] = (await tx('exchange_accounts')
      .insert(row)
      .onConflict(['user_id', 'exchange', 'label'])
      .ignore()
      .returning('*')) as ExchangeAccount[];
    if (!inserted) return null;
    await recordAudit(tx, entryOf('keys.add', inserted, by));
    return inserted;
  });
}

/** Puts keys sealed for this row in the place of its own; null where it is gone. Who has it open opens it anew. */
export async function replaceKeys(
  knex: Knex,
  { id, user_id }: Pick<ExchangeAccount, 'id' | 'user_id'>,
  keys: SealedKeys,
  by: By,
): Promise<ExchangeAccount | null> {
  const row = { ...keys, ...asJson(keys), updated_at: knex.fn.now() };
  return knex.transaction(async (tx) => {
    const [replaced] = (await tx('exchange_accounts')
      .where({ id, user_id })
      .update(row)
      .returning('*')) as ExchangeAccount[];
    if (!replaced) return null;
    await recordAudit(tx, entryOf('keys.replace', replaced, by));
    return replaced;
  });
}

/** `in_use`: a bot that runs trades with them; they stay. */
export type Removal = 'removed' | 'in_use' | 'unknown';

/** Forgets the keys; what was traded with them stays on record. */
export async function deleteKeys(knex: Knex, of: KeysOf, by: By): Promise<Removal> {
  return knex.transaction(async (tx) => {
    const account = await findKeys(tx, of);
    if (!account) return 'unknown';
    // Locked: a bot that is made meanwhile waits, and finds the account gone.
    await ExchangeAccount.query(tx).findById(account.id).forUpdate();
    const running = await tx('bots')
      .where({ exchange_account_id: account.id })
      .where((bot) => bot.whereIn('status', ['ACTIVE', 'PAUSED']).orWhere({ finishing: true }))
      .first('id');
    if (running) return 'in_use';
    await ExchangeAccount.query(tx).deleteById(account.id);
    await recordAudit(tx, entryOf('keys.delete', account, by));
    return 'removed';
  });
}

function entryOf(
  action: 'keys.add' | 'keys.replace' | 'keys.delete',
  { id, user_id, exchange, kind, api_key_last4 }: ExchangeAccount,
  by: By,
): AuditEntry {
  const details = { exchange, kind, last4: api_key_last4 };
  return { subject: `user/${user_id}`, action, ...by, target: `keys/${id}`, details };
}

/** A list would be written as an array of PostgreSQL's. */
function asJson({ permissions, warnings }: SealedKeys): { permissions: string; warnings: string } {
  return { permissions: JSON.stringify(permissions), warnings: JSON.stringify(warnings) };
}
