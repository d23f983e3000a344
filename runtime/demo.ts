import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import pRetry from 'p-retry';
import { EXCHANGES } from '../bots/exchanges.ts';
import { ceilTo, Decimal, floorTo, type Amount } from '../bots/money.ts';
import { insertBot, type NewBot } from '../db/bots.ts';
import { Bot } from '../db/models/bot.ts';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { ensureDefaultOwner } from '../db/owners.ts';
import type { Credentials } from '../exchanges/port.ts';
import type { AccountInput } from '../exchanges/simulated/control/control-api.ts';
import type { Vault } from '../exchanges/vault.ts';
import { Unavailable, type BotClient } from '../workflows/client.ts';

export interface DemoOptions {
  knex: Knex;
  vault: Vault;
  /** The simulated exchange, its control API open to `controlToken`. */
  exchangeUrl: string;
  controlToken: string;
}

const LABEL = 'Paper';
const BALANCES: Record<string, Amount> = { USDT: '100000', BTC: '1', ETH: '20', BNB: '50', SOL: '200' };

/** In `bots.config` until the bot has been started for the first time. */
const UNSTARTED = { demo: 'unstarted' };

/**
 * The demo: a paper account for every exchange, opened on the simulated one, and, together with the first of them, two bots at
 * rest. Accounts are opened again each time, in case the exchange has lost its state.
 */
export async function seedDemo(options: DemoOptions): Promise<void> {
  const { knex } = options;
  const owner = await ensureDefaultOwner(knex);
  const accounts: ExchangeAccount[] = [];
  const isFirst = (await ExchangeAccount.query(knex).where({ user_id: owner.id }).resultSize()) === 0;
  for (const exchange of EXCHANGES) accounts.push(await ensureAccount(options, owner.id, exchange));
  for (const account of accounts) await openOnExchange(options, account);
  const [account] = accounts;
  if (!isFirst || !account) return;
  for (const bot of await demoBots(options.exchangeUrl))
    await insertBot(
      knex,
      { ...bot, user_id: owner.id, exchange_account_id: account.id, config: UNSTARTED },
      ROOM,
    );
}

const ROOM = { maxBots: 10 };

/** Starts the demo bots that never were; the worker must be there. */
export async function startDemoBots(knex: Knex, bots: BotClient): Promise<void> {
  const unstarted = await Bot.query(knex).whereRaw('config @> ?', [JSON.stringify(UNSTARTED)]);
  for (const { id, user_id, exchange, ticker: symbol, strategy } of unstarted) {
    const address = { botId: id, ownerId: user_id ?? '', exchange, symbol, strategy };
    const start = () => bots.command(address, { name: 'start', commandId: `demo-${id}` });
    await pRetry(start, {
      retries: 10,
      minTimeout: 200,
      factor: 1.5,
      shouldRetry: ({ error }) => error instanceof Unavailable,
    });
    await Bot.query(knex).findById(id).patch({ config: null });
  }
}

async function ensureAccount(
  { knex, vault }: DemoOptions,
  userId: string,
  exchange: string,
): Promise<ExchangeAccount> {
  const known = await ExchangeAccount.query(knex).findOne({ user_id: userId, exchange, label: LABEL });
  if (known) return known;
  const id = randomUUID();
  const credentials = { apiKey: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('hex') };
  const { sealed, keyId } = vault.seal(credentials, { accountId: id, userId, exchange, kind: 'paper' });
  return ExchangeAccount.query(knex)
    .insert({
      id,
      user_id: userId,
      exchange,
      label: LABEL,
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
  const { apiKey: key, secret }: Credentials = vault.open(sealed, { accountId: id, userId, exchange, kind });
  const body: AccountInput = { id, keys: [{ key, secret }], balances: BALANCES };
  const answer = await fetch(`${exchangeUrl}/control/accounts`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${controlToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok)
    throw new Error(
      `The simulated exchange opened no account (HTTP ${answer.status}): ${await answer.text()}`,
    );
}

/** Prices that the synthetic feed reaches on both sides about every half minute. */
async function demoBots(exchangeUrl: string): Promise<NewBot[]> {
  const common = { exchange: EXCHANGES[0], first_order: 'BUY', infinite_loop: true } as const;
  return [
    {
      ...common,
      name: 'Demo: ping-pong',
      ticker: 'BTC/USDT',
      quantity: '0.01',
      ...around(await priceOf(exchangeUrl, 'BTCUSDT'), '0.0012'),
    },
    {
      ...common,
      name: 'Demo: trailing',
      ticker: 'ETH/USDT',
      quantity: '0.2',
      trailing_percent: '0.1',
      ...around(await priceOf(exchangeUrl, 'ETHUSDT'), '0.001'),
    },
  ];
}

/** A buy price below and a sell price above `price`, to the cent. */
function around(price: Amount, distance: Amount): { buy_price: Amount; sell_price: Amount } {
  return {
    buy_price: floorTo(new Decimal(price).mul(new Decimal(1).sub(distance)), '0.01').toFixed(),
    sell_price: ceilTo(new Decimal(price).mul(new Decimal(1).add(distance)), '0.01').toFixed(),
  };
}

/** The average of the last minutes: what the price swings around, wherever in its swing it is now. */
async function priceOf(exchangeUrl: string, symbol: string): Promise<Amount> {
  const answer = await fetch(`${exchangeUrl}/api/v3/avgPrice?symbol=${symbol}`);
  const { price } = (await answer.json()) as { price?: Amount };
  if (!price) throw new Error(`The simulated exchange has no price of ${symbol}: is it among PAPER_SYMBOLS?`);
  return price;
}
