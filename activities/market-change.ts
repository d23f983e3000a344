import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Knex } from 'knex';
import { Decimal } from '../bots/money.ts';
import { ActivityLog } from '../db/models/activity-log.ts';
import type { Bot } from '../db/models/bot.ts';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { Order } from '../db/models/order.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { PositionRow } from '../db/models/position.ts';
import { FAILURES, type BotChange } from '../workflows/messages.ts';

/** Where a bot trades. */
const MARKET = ['ticker', 'exchange', 'exchange_account_id'] as const;
/** What its orders and its position are told in. */
const BOUND = [...MARKET, 'first_order'] as const;

/**
 * Fails with `CommandRefused` where a change would leave something of the bot behind: an order, one whose outcome is unknown,
 * or a position. Call it with the bot's row locked.
 */
export async function refuseWhereBound(tx: Knex, bot: Bot, change: BotChange): Promise<void> {
  if (!isAnother(bot, change, BOUND)) return;
  const bound = (await whatIsOut(tx, bot.id)) ?? (await whatIsHeld(tx, bot));
  if (bound)
    throw refused(
      `Ticker, exchange and first order cannot be changed while ${bound}. Stop the bot with mode close first, then change them.`,
    );
}

/** Fails with `CommandRefused` where an order of the bot may still be on a venue. Call it with the bot's row locked. */
export async function refuseWhereOut(tx: Knex, botId: string): Promise<void> {
  const out = await whatIsOut(tx, botId);
  if (out)
    throw refused(
      `The bot cannot be deleted while ${out}. Stop it, wait a few seconds, then delete it again.`,
    );
}

/**
 * What the bot remembers of the market that it leaves: the rest too small to be sold stays on the account and in the log; the
 * position and what strategy and protections remember, all told in that market's prices, are gone.
 */
export async function leaveMarket(tx: Knex, bot: Bot, change: BotChange): Promise<void> {
  if (!isAnother(bot, change, MARKET)) return;
  const position = await PositionRow.query(tx).findById(bot.id);
  const dust = new Decimal(position?.dust ?? 0);
  if (!dust.isZero())
    await ActivityLog.query(tx).insert({
      bot_id: bot.id,
      user_id: bot.user_id,
      level: 'INFO',
      message: `${dust.toFixed()} ${bot.ticker.split('/')[0]}, too little to be sold, stay on the account and are no longer counted`,
    });
  await PositionRow.query(tx).deleteById(bot.id);
  await BotSessionState.query(tx)
    .findById(bot.id)
    .patch({
      state: null,
      reasons: [],
      last_price: null,
      version: tx.raw('version + 1'),
      updated_at: new Date(),
    });
}

function isAnother(bot: Bot, change: BotChange, fields: readonly (keyof BotChange & keyof Bot)[]): boolean {
  return fields.some((field) => change[field] !== undefined && change[field] !== bot[field]);
}

async function whatIsOut(tx: Knex, botId: string): Promise<string | null> {
  const order = await Order.query(tx).findOne({ bot_id: botId, status: 'OPEN' });
  if (order) return `its ${order.side} on ${order.symbol} is on the exchange`;
  const intent = await OrderIntent.query(tx)
    .findOne({ bot_id: botId })
    .whereIn('status', ['SENDING', 'UNKNOWN']);
  return intent ? `the exchange has not said what became of its ${intent.side} on ${intent.symbol}` : null;
}

async function whatIsHeld(tx: Knex, { id, ticker }: Bot): Promise<string | null> {
  const position = await PositionRow.query(tx).findById(id);
  const held = new Decimal(position?.quantity ?? 0);
  if (held.isZero()) return null;
  const verb = held.isNegative() ? 'owes' : 'holds';
  return `it ${verb} ${held.abs().toFixed()} ${ticker.split('/')[0]}`;
}

/** A failure that tells a person why a command is not carried out. */
export function refused(message: string): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: FAILURES.refused,
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
  });
}
