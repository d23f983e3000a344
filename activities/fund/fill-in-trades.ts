import pRetry from 'p-retry';
import { isOwnOrderId } from '../../bots/ids.ts';
import { Decimal } from '../../bots/money.ts';
import {
  countFundTrades,
  ordersWithoutFills,
  restoreFills,
  restoreFundTrades,
} from '../../db/fund/missing-trades.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { FillRow } from '../../db/models/fill.ts';
import { Order } from '../../db/models/order.ts';
import { OrderIntent } from '../../db/models/order-intent.ts';
import { ExchangeError, type Exchange, type VenueOrder } from '../../exchanges/port.ts';
import { readBot, type BotAndAccount, type Dependencies } from '../dependencies.ts';
import { createRecord } from '../record.ts';
import { adopt } from '../observe/reconcile.ts';

/** What was missing and is there now. */
export interface FilledIn {
  /** The exchange's orders of the bot that were looked at. */
  looked: number;
  /** Orders that the record had not heard of, or whose fate it did not know. */
  orders: number;
  /** Executions. */
  fills: number;
  /** Rows of `trading_history`. */
  trades: number;
}

/** The exchange's and ours, at most. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Compares the record of the fund's bot with the exchange's list of its orders since the bot was made, and writes what is missing,
 * as the bot would have: an order that is ours by its id, its fills, their entries of the ledger, its trade. Orders that are not are
 * left alone, and nothing is sent. Safe beside a bot that trades, and to repeat: what is on record stays as it is.
 */
export async function fillInTrades(deps: Dependencies, botId: string): Promise<FilledIn> {
  const { knex } = deps;
  const owner = await readBot(deps, botId);
  const exchange = await deps.openAccount(owner.account);
  const [fillsBefore, tradesBefore] = [await countFills(deps, botId), await countFundTrades(knex)];
  const incomplete = await ordersWithoutFills(knex, botId);
  const since = owner.bot.created_at.getTime() - CLOCKS_DIFFER_MS;
  const done = { looked: 0, orders: 0 };
  for (const symbol of await symbolsOf(deps, owner))
    for (const order of await exchange.ordersSince({ symbol, since })) {
      if (!isOwnOrderId(botId, order.clientOrderId)) continue;
      done.looked += 1;
      if (await takeIn(deps, owner, order)) done.orders += 1;
      else if (incomplete.has(order.clientOrderId)) await restore(deps, exchange, owner, order);
    }
  await restoreFundTrades(knex);
  return {
    ...done,
    fills: (await countFills(deps, botId)) - fillsBefore,
    trades: (await countFundTrades(knex)) - tradesBefore,
  };
}

/** Records an order that the exchange knows more of than we do. Returns whether it did. */
async function takeIn(deps: Dependencies, owner: BotAndAccount, order: VenueOrder): Promise<boolean> {
  const { knex } = deps;
  const { clientOrderId } = order;
  const known = await Order.query(knex).findById(clientOrderId);
  if (known && known.status === order.status && new Decimal(known.filled).eq(order.filled)) return false;
  // What came to nothing without our knowing has left nothing to fill in.
  if (!known && new Decimal(order.filled).isZero() && !(await isInDoubt(deps, clientOrderId))) return false;
  if (!known) await adopt(deps, owner, order);
  const record = createRecord(deps);
  const botId = owner.bot.id;
  await pRetry(async () => record({ botId, clientOrderId, turn: await turnOf(deps, botId) }), {
    ...{ retries: 5, minTimeout: 200 },
    // A bot that trades writes between our reading and our writing, and a venue shows fills a moment later than the order.
    shouldRetry: ({ error }) => !(error instanceof ExchangeError && error.final),
  });
  return true;
}

async function isInDoubt({ knex }: Dependencies, clientOrderId: string): Promise<boolean> {
  const intent = await OrderIntent.query(knex).findById(clientOrderId);
  return intent?.status === 'UNKNOWN' || intent?.status === 'SENDING';
}

/** Of who writes the bot's session by now. */
async function turnOf({ knex }: Dependencies, botId: string): Promise<number> {
  return (await BotSessionState.query(knex).findById(botId))?.turn ?? 0;
}

async function restore(
  { knex }: Dependencies,
  exchange: Exchange,
  { account }: BotAndAccount,
  { clientOrderId, symbol, orderId }: VenueOrder,
): Promise<void> {
  const order = await Order.query(knex).findById(clientOrderId).throwIfNotFound();
  const fills = await exchange.fillsOfOrder({ symbol, orderId });
  await restoreFills(knex, { order, exchange: account.exchange, fills });
}

/** What the bot trades, and what it has traded on the account. */
async function symbolsOf({ knex }: Dependencies, { bot, account }: BotAndAccount): Promise<Set<string>> {
  const own = { bot_id: bot.id, exchange_account_id: account.id };
  const traded = await Order.query(knex).where(own).distinct('symbol');
  return new Set([bot.ticker, ...traded.map(({ symbol }) => symbol)]);
}

function countFills({ knex }: Dependencies, botId: string): Promise<number> {
  return FillRow.query(knex).where({ bot_id: botId }).resultSize();
}
