import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { columnsOf } from '../api/commands/bot-columns.ts';
import { parametersOf } from '../db/bot-parameters.ts';
import { insertBot, type NewBot } from '../db/bots.ts';
import { findFundAccount } from '../db/fund/account.ts';
import { ensureFundOwner } from '../db/fund/owner.ts';
import { Bot } from '../db/models/bot.ts';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import type { Credentials } from '../exchanges/port.ts';
import type { Vault } from '../exchanges/vault.ts';

import { ConfigurationError } from './environment/configuration-error.ts';
import type { FundBotSettings, FundSettings } from './environment/fund-settings.ts';
import { newPaperKeys, openPaperAccount, type PaperExchange } from './paper-accounts.ts';

const EXCHANGE = 'Binance';
const LABEL = 'Fund';

/** The fund's bot and account as they are stored. */
export interface Fund {
  account: ExchangeAccount;
  bot: Bot;
  /** False where the bot was made for another market or strategy, or other parameters: it goes on as it was made. */
  isAsSet: boolean;
}

/**
 * The fund's owner, its exchange account and its one bot, at rest; made when missing, by however many processes at once. Keys of
 * the environment that have changed are sealed anew. Null where no fund is set up. `config` is kept with a bot that is made.
 * Throws `ConfigurationError`, and stores nothing, where the fund that is there is of play money and this one of real money, or the
 * other way round.
 */
export async function ensureFund(
  knex: Knex,
  vault: Vault,
  { bot, keys, config = null }: Pick<FundSettings, 'bot' | 'keys'> & Pick<NewBot, 'config'>,
): Promise<Fund | null> {
  requireSameMoney(await findFundAccount(knex), { bot, keys });
  if (!bot) return null;
  const ownerId = await ensureFundOwner(knex);
  return knex.transaction(async (tx) => {
    await tx('fund_state').forUpdate().first();
    requireSameMoney(await findFundAccount(tx), { bot, keys });
    const account = await ensureAccount(tx, vault, { ownerId, keys });
    const known = await Bot.query(tx).where({ user_id: ownerId }).orderBy('created_at').first();
    const stored = known ?? (await makeBot(tx, account, { ...bot, config }));
    return { account, bot: stored, isAsSet: isSame(stored, bot) };
  });
}

/**
 * Whether this process may move the fund's money: play money always, real money with `keys`. Throws `ConfigurationError` where there
 * are such keys beside a fund of play money.
 */
export async function mayMoveFund(knex: Knex, keys: Credentials | null): Promise<boolean> {
  const account = await findFundAccount(knex);
  if (keys && account?.kind === 'paper') throw otherMoney('TREASURY_API_KEY');
  return keys !== null || account?.kind === 'paper';
}

/** Opens the fund's account at the simulated exchange, where it is one of paper: empty, with keys that may do everything there. */
export async function openFundAccount(
  vault: Vault,
  { account }: Pick<Fund, 'account'>,
  exchange: PaperExchange,
): Promise<void> {
  const { id, user_id: userId, exchange: name, kind, sealed } = account;
  if (kind !== 'paper') return;
  const keys = vault.open(sealed, { accountId: id, userId, exchange: name, kind });
  const permissions = { read: true, trade: true, withdraw: true, transfer: true };
  await openPaperAccount(exchange, { id, keys, permissions, balances: {} });
}

/** Units that were given for play money are never paid out in real money. */
function requireSameMoney(
  account: ExchangeAccount | null,
  { bot, keys }: Pick<FundSettings, 'bot' | 'keys'>,
): void {
  if (keys && account?.kind === 'paper') throw otherMoney('FUND_API_KEY');
  if (!keys && bot && account?.kind === 'live')
    throw new ConfigurationError(
      'The fund in this database is of real money, and FUND_API_KEY and FUND_API_SECRET are not set: set them; for a fund of play ' +
        'money use another database (another DATA_DIR, or another DATABASE_URL).',
    );
}

function otherMoney(variable: string): ConfigurationError {
  return new ConfigurationError(
    `${variable} is set, which is for real money, and the fund in this database is of play money (the demo's, or one on paper): ` +
      'use another database (another DATA_DIR, or another DATABASE_URL) for real money, or take the keys away.',
  );
}

async function ensureAccount(
  tx: Knex,
  vault: Vault,
  { ownerId, keys }: { ownerId: string; keys: Credentials | null },
): Promise<ExchangeAccount> {
  const kind = keys ? 'live' : 'paper';
  const address = { user_id: ownerId, exchange: EXCHANGE, label: `${LABEL} (${kind})` };
  const known = await ExchangeAccount.query(tx).findOne(address);
  const id = known?.id ?? randomUUID();
  const row = { accountId: id, userId: ownerId, exchange: EXCHANGE, kind } as const;
  if (known && (!keys || isDeepStrictEqual(vault.open(known.sealed, row), keys))) return known;
  const credentials = keys ?? newPaperKeys();
  const { sealed, keyId } = vault.seal(credentials, row);
  const columns = { sealed, sealed_key_id: keyId, api_key_last4: credentials.apiKey.slice(-4) };
  if (known) return known.$query(tx).patchAndFetch({ ...columns, updated_at: new Date() });
  const permissions = ['read', 'trade'];
  return ExchangeAccount.query(tx)
    .insert({ ...address, id, kind, permissions, ...columns })
    .returning('*');
}

async function makeBot(
  tx: Knex,
  account: ExchangeAccount,
  { symbol, strategy, parameters, config }: FundBotSettings & Required<Pick<NewBot, 'config'>>,
): Promise<Bot> {
  const row = {
    ...{ user_id: account.user_id, exchange_account_id: account.id, name: 'Fund', strategy },
    ...{ ticker: symbol, exchange: account.exchange, first_order: 'BUY' as const },
    ...{ ...columnsOf(strategy, parameters), config },
  };
  const bot = await insertBot(tx, row, { maxBots: 1 });
  if (!bot) throw new Error('The fund has a bot already');
  return bot;
}

function isSame(bot: Bot, { symbol, strategy, parameters }: FundBotSettings): boolean {
  return (
    bot.ticker === symbol && bot.strategy === strategy && isDeepStrictEqual(parametersOf(bot), parameters)
  );
}
