import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Knex } from 'knex';
import { Bot } from '../db/models/bot.ts';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { Order } from '../db/models/order.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { ExchangeError, type Exchange } from '../exchanges/port.ts';
import { FAILURES } from '../workflows/messages.ts';

/** The moments at which a fault test may end the process: before and after every effect that must not be lost or doubled. */
export type Step =
  | 'place:begun'
  | 'place:committed'
  | 'place:looked-up'
  | 'place:sent'
  | 'place:recorded'
  | 'cancel:begun'
  | 'cancel:sent'
  | 'resolve:begun'
  | 'resolve:asked'
  | 'resolve:recorded'
  | 'record:begun'
  | 'record:read'
  | 'record:written';

/** How long things may take; all in ms. */
export interface Timing {
  /** A committed intent is sent within this time or not at all. */
  sendWithin: number;
  /**
   * How long after its last possible send an order may still appear on the venue: its receive window (5 s on Binance),
   * its own time-out (10 s) and a margin.
   */
  acceptance: number;
  /** An order this long on record that its venue does not know, asked twice, is not there any more. */
  forgottenAfter: number;
  /** Between two comparisons of our record with the venue while a bot watches. */
  reconcileEvery: number;
}

export const TIMING: Timing = {
  sendWithin: 3_000,
  acceptance: 17_000,
  forgottenAfter: 60_000,
  reconcileEvery: 300_000,
};

/** What activities close over. */
export interface Dependencies {
  knex: Knex;
  /** The account as the port serves it; cached by who gives it. */
  openAccount(account: ExchangeAccount): Promise<Exchange>;
  /** Epoch ms. */
  now(): number;
  timing: Timing;
  step(step: Step, botId: string): void;
  /** Something of an order of this owner's has been recorded, perhaps again. */
  recorded(ownerId: string | null): Promise<void>;
}

/** A bot's row with the account it trades with. */
export interface BotAndAccount {
  bot: Bot;
  account: ExchangeAccount;
}

/** The bot and its account; fails with `BotGone` where the bot has been deleted. */
export async function readBot({ knex }: Dependencies, botId: string): Promise<BotAndAccount> {
  const bot = await Bot.query(knex).findById(botId);
  if (!bot) throw botGone();
  return { bot, account: await readAccount(knex, bot, bot.exchange_account_id) };
}

/** One order's bot, and where the order is or was to be: that, its own rows say, whatever the bot trades by now. */
export async function readOrderPlace(
  { knex }: Dependencies,
  { botId, clientOrderId }: { botId: string; clientOrderId: string },
): Promise<BotAndAccount & { symbol: string }> {
  const [bot, order, intent] = await Promise.all([
    Bot.query(knex).findById(botId),
    Order.query(knex).findById(clientOrderId),
    OrderIntent.query(knex).findById(clientOrderId),
  ]);
  if (!bot) throw botGone();
  const row = order ?? intent;
  const account = await readAccount(knex, bot, row ? row.exchange_account_id : bot.exchange_account_id);
  return { bot, account, symbol: row?.symbol ?? bot.ticker };
}

async function readAccount(knex: Knex, bot: Bot, id: string | null): Promise<ExchangeAccount> {
  const account = id === null ? undefined : await ExchangeAccount.query(knex).findById(id);
  if (account) return account;
  throw new ExchangeError(
    `No account for ${bot.exchange}: add keys under /account/api-keys, then start the bot. Play money needs no keys: send "kind": "paper".`,
    { code: 'bad_credentials', phase: 'before_call', retrySafe: false, final: true },
  );
}

export function botGone(): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'Bot not found',
    type: FAILURES.gone,
    nonRetryable: true,
    // Deleting a bot while it is watched is no incident.
    category: ApplicationFailureCategory.BENIGN,
  });
}
