import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import pRetry from 'p-retry';
import { EXCHANGES } from '../bots/exchanges.ts';
import { columnsOf } from '../api/commands/bot-columns.ts';
import type { Amount } from '../bots/money.ts';
import { insertBot, type NewBot } from '../db/bots.ts';
import { Bot } from '../db/models/bot.ts';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { ensureDefaultOwner } from '../db/owners.ts';
import { VaultError, type Vault, type VaultRow } from '../exchanges/vault.ts';
import { Unavailable, type BotClient } from '../workflows/client.ts';
import { ConfigurationError } from './configuration.ts';
import { marketsAgainst, roundAround, tickerOf, type Market } from './demo-market.ts';
import { newPaperKeys, openPaperAccount, type PaperExchange } from './paper-accounts.ts';

export interface DemoOptions extends PaperExchange {
  knex: Knex;
  vault: Vault;
}

const LABEL = 'Paper';

/** In `bots.config` until the bot has been started for the first time. */
const UNSTARTED = { demo: 'unstarted' };

/**
 * The demo: a paper account for every exchange, opened on the simulated one, and, together with the first of them, two bots at
 * rest. All rows or none: a start that failed half-way is made good by the next one. Accounts are opened again each time, in
 * case the exchange has lost its state. Throws `ConfigurationError` where ENCRYPTION_KEY is not the one they are sealed under.
 */
export async function seedDemo(options: DemoOptions): Promise<void> {
  const { knex } = options;
  const owner = await ensureDefaultOwner(knex);
  const bots = await demoBots(options.exchangeUrl);
  const accounts = await knex.transaction(async (tx) => {
    const of = { user_id: owner.id, label: LABEL };
    const isFirst = (await ExchangeAccount.query(tx).where(of).resultSize()) === 0;
    const all: ExchangeAccount[] = [];
    for (const exchange of EXCHANGES) all.push(await ensureAccount(tx, options.vault, { ...of, exchange }));
    const [account] = all;
    if (!isFirst || !account) return all;
    const columns = { user_id: owner.id, exchange_account_id: account.id, config: UNSTARTED };
    for (const bot of bots) await insertBot(tx, { ...bot, ...columns }, ROOM);
    return all;
  });
  for (const account of accounts) await openOnExchange(options, account);
}

const ROOM = { maxBots: 10 };

/** Starts the demo bots that never were; the worker must be there. */
export async function startDemoBots(knex: Knex, bots: BotClient): Promise<void> {
  const unstarted = await Bot.query(knex).whereRaw('config @> ?', [JSON.stringify(UNSTARTED)]);
  for (const bot of unstarted) {
    await startDemoBot(bots, bot);
    await Bot.query(knex).findById(bot.id).patch({ config: null });
  }
}

/** Starts a bot of the demo, once, however often it is called. */
export async function startDemoBot(
  bots: BotClient,
  { id, user_id, exchange, ticker: symbol, strategy }: Bot,
): Promise<void> {
  const address = { botId: id, ownerId: user_id ?? '', exchange, symbol, strategy };
  const command = { name: 'start', commandId: `demo-${id}`, by: user_id ?? undefined } as const;
  await pRetry(() => bots.command(address, command), {
    retries: 10,
    minTimeout: 200,
    factor: 1.5,
    shouldRetry: ({ error }) => error instanceof Unavailable,
  });
}

async function ensureAccount(
  knex: Knex,
  vault: Vault,
  address: { user_id: string; exchange: string; label: string },
): Promise<ExchangeAccount> {
  const known = await ExchangeAccount.query(knex).findOne(address);
  if (known) return known;
  const { user_id: userId, exchange } = address;
  const id = randomUUID();
  const credentials = newPaperKeys();
  const { sealed, keyId } = vault.seal(credentials, { accountId: id, userId, exchange, kind: 'paper' });
  return ExchangeAccount.query(knex)
    .insert({
      ...address,
      id,
      kind: 'paper',
      api_key_last4: credentials.apiKey.slice(-4),
      sealed,
      sealed_key_id: keyId,
      permissions: ['read', 'trade'],
    })
    .returning('*');
}

async function openOnExchange(
  { vault, exchangeUrl, controlToken }: DemoOptions,
  account: ExchangeAccount,
): Promise<void> {
  const { id, user_id: userId, exchange, kind, sealed } = account;
  const keys = openKeys(vault, sealed, { accountId: id, userId, exchange, kind });
  await openPaperAccount({ exchangeUrl, controlToken }, { id, keys });
}

function openKeys(vault: Vault, sealed: Buffer, row: VaultRow): ReturnType<Vault['open']> {
  try {
    return vault.open(sealed, row);
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== 'unknown_key') throw error;
    throw new ConfigurationError(
      'ENCRYPTION_KEY is not the key that the exchange keys in this database are sealed under. Set it to that one again: where ' +
        'it was replaced, the new key has to stay set (in .env, say), for without it `npm start` takes the "encryptionKey" of ' +
        'secrets.json in DATA_DIR. Or start with the key they are under as ENCRYPTION_KEY_PREVIOUS, and run `npm run rotate-keys` ' +
        'beside it.',
    );
  }
}

/**
 * One bot on each of the first two markets against USDT, at prices that the synthetic feed reaches on both sides about every
 * half minute.
 */
async function demoBots(exchangeUrl: string): Promise<NewBot[]> {
  const [first, second] = await marketsAgainst('USDT', exchangeUrl);
  const around = async (market: Market, distance: Amount): Promise<NewBot> => ({
    ...{ exchange: EXCHANGES[0], ticker: tickerOf(market), first_order: 'BUY', infinite_loop: true },
    ...columnsOf('ping-pong', {
      ...(await roundAround(exchangeUrl, market, { distance, notional: NOTIONAL })),
    }),
  });
  return [
    ...(first ? [{ name: 'Demo: ping-pong', ...(await around(first, '0.0012')) }] : []),
    ...(second
      ? [{ name: 'Demo: trailing', trailing_percent: '0.1', ...(await around(second, '0.001')) }]
      : []),
  ];
}

/** What each of them buys and sells at once, about. */
const NOTIONAL = 600;
