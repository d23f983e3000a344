import type { Knex } from 'knex';
import { Bot } from '../db/models/bot.ts';
import { findFundAccount } from '../db/fund/account.ts';
import type { Vault } from '../exchanges/vault.ts';
import { marketsAgainst, roundAround, tickerOf } from './demo-market.ts';
import { FUND_CURRENCY } from './environment/fund-settings.ts';
import { ensureFund, openFundAccount } from './fund.ts';
import type { PaperExchange } from './paper-accounts.ts';

/** In `bots.config` of the demo's fund until all of its demo has happened. */
const UNTOLD = { demo: 'untold' };

/** What its bot buys and sells at once, about, and how far from the price: a round earns more than its fees. */
const ROUND = { notional: 5_000, distance: '0.0015' };

/**
 * The demo's fund: on the first market against its currency, with a bot at rest that plays ping-pong around the price of now. Nothing
 * where there is no such market, or a fund of real money; a fund that is there stays as it is.
 */
export async function ensureDemoFund(knex: Knex, vault: Vault, exchange: PaperExchange): Promise<void> {
  const account = await findFundAccount(knex);
  const [market] = await marketsAgainst(FUND_CURRENCY, exchange.exchangeUrl);
  if (!market || account?.kind === 'live') return;
  const round = await roundAround(exchange.exchangeUrl, market, ROUND);
  const parameters = { ...round, firstOrder: 'BUY', trailingPercent: null, infiniteLoop: true };
  const bot = { symbol: tickerOf(market), strategy: 'ping-pong', parameters };
  const fund = await ensureFund(knex, vault, { bot, keys: null, config: UNTOLD });
  if (fund) await openFundAccount(vault, fund, exchange);
}

/** The bot of a demo fund with something still to happen; undefined where there is none. */
export async function findUntoldBot(knex: Knex): Promise<Bot | undefined> {
  return Bot.query(knex)
    .whereRaw('config @> ?', [JSON.stringify(UNTOLD)])
    .first();
}

/** All of the demo has happened: the next start adds nothing. */
export async function markTold(knex: Knex, bot: Bot): Promise<void> {
  await Bot.query(knex).findById(bot.id).patch({ config: null });
}
