import type { z } from 'zod';
import type { BotRow, LogRow, TradeRow } from '../../../db/rows.ts';
import type { bot as botSchema, operatedBot } from './bot-schemas.ts';
import type { log as logSchema } from './log-schemas.ts';
import type { trade as tradeSchema } from './trade-schemas.ts';

/** Amounts become JSON numbers here and nowhere else. */
export function presentBot(bot: BotRow): z.input<typeof botSchema> {
  const scalper = {
    id: bot.id,
    ticker: bot.ticker,
    exchange: bot.exchange,
    first_order: bot.first_order,
    quantity: toNumber(bot.quantity),
    buy_price: toNumber(bot.buy_price),
    sell_price: toNumber(bot.sell_price),
    trailing_percent: toNumber(bot.trailing_percent),
    infinite_loop: bot.infinite_loop ?? false,
    status: bot.status,
    pnl: Number(bot.pnl),
    total_trades: bot.total_trades ?? 0,
    last_fill_time: bot.last_fill_time?.toISOString() ?? null,
    created_at: bot.created_at.toISOString(),
    updated_at: bot.updated_at.toISOString(),
  };
  const isProtected = Object.keys(bot.protections).length > 0;
  if (bot.strategy === 'ping-pong' && !isProtected) return scalper;
  return {
    ...scalper,
    ...(bot.strategy !== 'ping-pong' && { strategy: bot.strategy, parameters: bot.parameters }),
    ...(isProtected && { protections: bot.protections }),
  };
}

/** What operators see. */
export function presentOperatedBot(bot: BotRow): z.input<typeof operatedBot> {
  const { id, user_id: owner_id, strategy, ticker, exchange, status, finishing } = bot;
  return {
    ...{ id, owner_id, strategy, ticker, exchange, status, finishing },
    created_at: bot.created_at.toISOString(),
    updated_at: bot.updated_at.toISOString(),
  };
}

export function presentLog(log: LogRow): z.input<typeof logSchema> {
  return {
    id: log.id,
    bot_id: log.bot_id,
    level: log.level,
    message: log.message,
    timestamp: log.timestamp.toISOString(),
  };
}

export function presentTrade(trade: TradeRow): z.input<typeof tradeSchema> {
  return {
    id: trade.id,
    bot_id: trade.bot_id,
    symbol: trade.symbol,
    side: trade.side,
    quantity: Number(trade.quantity),
    price: Number(trade.price),
    pnl: toNumber(trade.pnl),
    commission: toNumber(trade.commission),
    exchange_order_id: trade.exchange_order_id,
    exchange: trade.exchange,
    executed_at: trade.executed_at.toISOString(),
    extra_data: trade.extra_data,
  };
}

function toNumber(amount: string | null): number | null {
  return amount === null ? null : Number(amount);
}
