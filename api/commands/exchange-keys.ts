import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { By } from '../../db/audit.ts';
import { deleteKeys, findKeys, insertKeys, replaceKeys, type SealedKeys } from '../../db/exchange-keys.ts';
import { ExchangeAccount } from '../../db/models/exchange-account.ts';
import type { Caller } from '../auth/caller.ts';
import type { Dependencies } from '../dependencies.ts';
import type { AccountAt, ApiKeys } from '../exchange-accounts.ts';
import { ApiError, invalidInput } from '../errors.ts';

type KeysContext = Pick<Dependencies, 'knex' | 'accounts'> & {
  caller: Pick<Caller, 'userId'>;
  log: Logger;
  /** Where the caller is, for the audit log. */
  address: string;
  /** Aborted when nobody waits for the outcome any more: nothing is written then. */
  signal: AbortSignal;
};

/** Exchanges whose keys have a passphrase. */
const WITH_PASSPHRASE = /^bitget$/i;

/**
 * Stores keys, encrypted, once their exchange has been asked about them; without keys those of a paper account that is opened
 * for the caller. Throws `invalid_input`, `keys_exist`, and what `sealedOnceChecked` and `openedOnPaper` throw.
 */
export async function addKeys(
  { exchange: name, kind, keys }: AccountAt & { keys: ApiKeys | null },
  context: KeysContext,
): Promise<ExchangeAccount> {
  const { knex, accounts, caller } = context;
  if (keys) requirePassphrase(name, keys);
  const exchange = accounts.served[kind].find((served) => isSameName(served, name));
  if (exchange === undefined) throw notServed(name, accounts.served[kind]);
  const row = { id: randomUUID(), user_id: caller.userId, exchange, kind };
  if (await findKeys(knex, { userId: caller.userId, exchange })) throw keysExist(exchange);
  if (keys) return store(row, await sealedOnceChecked(keys, row, context), context);
  try {
    return await store(row, await openedOnPaper(row, context), context);
  } catch (error) {
    await closeUnkept(row, context);
    throw error;
  }
}

/** Puts other keys of the same account in place of the stored ones. Throws `keys_not_found`, and as `addKeys`. */
export async function changeKeys(
  { exchange, ...keys }: { exchange: string } & ApiKeys,
  context: KeysContext,
): Promise<ExchangeAccount> {
  const { knex, caller } = context;
  const row = await findKeys(knex, { userId: caller.userId, exchange });
  if (!row) throw keysNotFound();
  requirePassphrase(row.exchange, keys);
  const sealed = await sealedOnceChecked(keys, row, context);
  context.signal.throwIfAborted();
  const changed = await replaceKeys(knex, row, sealed, byOf(context));
  if (!changed) throw keysNotFound();
  return changed;
}

/** Throws `keys_in_use` while a bot that runs trades with them or an order may be on the exchange, `keys_not_found`. */
export async function removeKeys(exchange: string, context: KeysContext): Promise<void> {
  const { knex, caller, signal } = context;
  signal.throwIfAborted();
  const removal = await deleteKeys(knex, { userId: caller.userId, exchange }, byOf(context));
  if (removal === 'unknown') throw keysNotFound();
  if (removal === 'in_use')
    throw new ApiError(
      'keys_in_use',
      'A bot trades with these keys, or has an order on the exchange. Stop your bots on this exchange, wait until their orders are cancelled, then delete the keys.',
    );
  await closeUnkept(removal, context);
}

type Row = Pick<ExchangeAccount, 'id' | 'user_id' | 'exchange' | 'kind'>;

async function store(row: Row, sealed: SealedKeys, context: KeysContext): Promise<ExchangeAccount> {
  context.signal.throwIfAborted();
  const inserted = await insertKeys(context.knex, { ...row, ...sealed }, byOf(context));
  if (!inserted) throw keysExist(row.exchange);
  return inserted;
}

/**
 * Closes a paper account whose keys are not stored, or no longer: nobody else has them. What fails is logged, and keeps nothing
 * from being done.
 */
async function closeUnkept({ id, kind }: Pick<Row, 'id' | 'kind'>, context: KeysContext): Promise<void> {
  const { knex, accounts, log } = context;
  if (kind !== 'paper') return;
  try {
    // Where the answer to storing them was lost they may be there after all.
    const kept = await ExchangeAccount.query(knex).findById(id);
    if (!kept) await accounts.closePaper(id);
  } catch (error) {
    log.warn({ err: error, account_id: id }, 'A paper account whose keys are gone was not closed');
  }
}

/** Throws `keys_refused`, `key_may_withdraw`, and what asking the exchange throws. */
async function sealedOnceChecked(keys: ApiKeys, row: Row, { accounts }: KeysContext): Promise<SealedKeys> {
  const { canTrade, canWithdraw, isAddressBound } = await accounts.rights(row, keys);
  if (canWithdraw) throw mayWithdraw();
  return {
    ...accounts.seal(keys, row),
    api_key_last4: keys.apiKey.slice(-4),
    permissions: canTrade ? ['read', 'trade'] : ['read'],
    warnings: [...(isAddressBound === false ? ['no_ip_binding'] : []), ...(canTrade ? [] : ['no_trading'])],
  };
}

/** Throws `invalid_input` where this installation opens no paper accounts, and what opening one throws. */
async function openedOnPaper(row: Row, { accounts }: KeysContext): Promise<SealedKeys> {
  const keys = row.kind === 'paper' ? await accounts.openPaper(row.id) : null;
  if (!keys)
    throw invalidInput([{ field: 'api_key', message: 'No paper account is opened here: send keys' }]);
  return {
    ...{ ...accounts.seal(keys, row), api_key_last4: keys.apiKey.slice(-4) },
    ...{ permissions: ['read', 'trade'], warnings: [] },
  };
}

function byOf({ caller: { userId }, address }: KeysContext): By {
  return { userId, address };
}

function requirePassphrase(exchange: string, { passphrase }: ApiKeys): void {
  if (WITH_PASSPHRASE.test(exchange) && !passphrase)
    throw invalidInput([
      { field: 'passphrase', message: `Keys of ${exchange} have a passphrase: send it too` },
    ]);
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function notServed(name: string, served: readonly string[]): ApiError {
  const message = `Keys of ${name} cannot be used here. Choose one of: ${served.join(', ')}`;
  return invalidInput([{ field: 'exchange', message }]);
}

function mayWithdraw(): ApiError {
  const message = 'May withdraw: take that right from the key, or make one without it';
  return new ApiError('key_may_withdraw', 'Keys that may withdraw are not stored here.', {
    fields: [{ field: 'api_key', message }],
  });
}

function keysExist(exchange: string): ApiError {
  return new ApiError(
    'keys_exist',
    `You have keys for ${exchange} already. Replace them with PUT /account/api-keys/${exchange}, or delete them first.`,
  );
}

function keysNotFound(): ApiError {
  return new ApiError('keys_not_found', 'You have no keys for this exchange');
}
