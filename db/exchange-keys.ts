import type { Knex } from 'knex';
import { recordAudit, type AuditEntry, type By } from './audit.ts';
import { lockBotsOf } from './bots-lock.ts';
import { Bot } from './models/bot.ts';
import { Event } from './models/event.ts';
import { ExchangeAccount } from './models/exchange-account.ts';
import { Order } from './models/order.ts';
import { OrderIntent } from './models/order-intent.ts';

/**
 * What marks the accounts whose keys a user has entered: one an exchange, by the unique (user_id, exchange, label). Others are
 * the installation's: of the demo, of the environment.
 */
const LABEL = 'API keys';

const TRADED_WITH_FIRST = `kind = 'live' DESC, created_at, id`;

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

/**
 * The account a user's bot trades with: theirs for that exchange, the live one where there is one, else paper; the oldest of
 * several. Null where there is none.
 */
export async function accountFor(
  knex: Knex,
  { userId, exchange }: { userId: string | null; exchange: string },
): Promise<string | null> {
  const account = await knex('exchange_accounts')
    .where({ user_id: userId, exchange })
    .orderByRaw(TRADED_WITH_FIRST)
    .first<{ id: string } | undefined>('id');
  return account?.id ?? null;
}

/** The whole account that `accountFor` would find, on the exchange in any letter case, or on any. */
export async function findTradingAccount(
  knex: Knex,
  { userId, exchange }: { userId: string; exchange: string | undefined },
): Promise<ExchangeAccount | undefined> {
  const query = ExchangeAccount.query(knex).where({ user_id: userId });
  if (exchange !== undefined) void query.whereRaw('lower(exchange) = lower(?)', [exchange]);
  return query.orderByRaw(TRADED_WITH_FIRST).first();
}

/**
 * Null where the user has keys for that exchange; the database decides between two at once. The user's bots of that exchange
 * that have no account trade with them from their next start on.
 */
export async function insertKeys(
  knex: Knex,
  account: SealedKeys & Pick<ExchangeAccount, 'id' | 'user_id' | 'exchange' | 'kind'>,
  by: By,
): Promise<ExchangeAccount | null> {
  const row = { ...account, label: LABEL, ...asJson(account) };
  return knex.transaction(async (tx) => {
    // A bot that is made meanwhile either finds the keys or is found here.
    await lockBotsOf(tx, account.user_id);
    const [inserted] = (await tx('exchange_accounts')
      .insert(row)
      .onConflict(['user_id', 'exchange', 'label'])
      .ignore()
      .returning('*')) as ExchangeAccount[];
    if (!inserted) return null;
    const { id, user_id, exchange } = inserted;
    await Bot.query(tx)
      .where({ user_id, exchange, exchange_account_id: null })
      .patch({ exchange_account_id: id });
    await tellOfKeys(tx, 'added', inserted);
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
    await tellOfKeys(tx, 'replaced', replaced);
    await recordAudit(tx, entryOf('keys.replace', replaced, by));
    return replaced;
  });
}

/** What the account was. `in_use`: a bot that runs trades with them, or an order may still be on the exchange; they stay. */
export type Removal = ExchangeAccount | 'in_use' | 'unknown';

/** Forgets the keys; what was traded with them stays on record. */
export async function deleteKeys(knex: Knex, of: KeysOf, by: By): Promise<Removal> {
  return knex.transaction(async (tx) => {
    // A bot that is made meanwhile waits, and finds the account gone.
    await lockBotsOf(tx, of.userId);
    const account = await findKeys(tx, of);
    if (!account) return 'unknown';
    await ExchangeAccount.query(tx).findById(account.id).forUpdate();
    if (await isInUse(tx, account.id)) return 'in_use';
    await ExchangeAccount.query(tx).deleteById(account.id);
    await tellOfKeys(tx, 'deleted', account);
    await recordAudit(tx, entryOf('keys.delete', account, by));
    return account;
  });
}

/** Whatever the status of its bot: without the keys nobody can ask for an order any more, or take it back. */
async function isInUse(tx: Knex, id: string): Promise<boolean> {
  const of = { exchange_account_id: id };
  const running = Bot.query(tx)
    .where(of)
    .where((bot) => bot.whereIn('status', ['ACTIVE', 'PAUSED']).orWhere({ finishing: true }));
  const orders = Order.query(tx).where(of).whereIn('status', ['SENDING', 'UNKNOWN', 'OPEN']);
  const intents = OrderIntent.query(tx).where(of).whereIn('status', ['SENDING', 'UNKNOWN']);
  for (const query of [running, orders, intents]) if ((await query.resultSize()) > 0) return true;
  return false;
}

async function tellOfKeys(
  tx: Knex,
  change: 'added' | 'replaced' | 'deleted',
  { user_id, exchange, kind, api_key_last4: last4 }: ExchangeAccount,
): Promise<void> {
  const payload = { change, exchange, kind, last4 };
  await Event.query(tx).insert({ user_id, type: 'keys.changed', payload });
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
