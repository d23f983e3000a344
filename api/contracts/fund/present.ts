import type { z } from 'zod';
import { ERRORS, fundBotState } from '../../../bots/fund/bot-state.ts';
import type { FundBot } from '../../../db/fund/fund-bot.ts';
import type { FundTrade } from '../../../db/fund/trading-history.ts';
import type { botHealth, botState, trade as tradeSchema } from './bot-schemas.ts';

/** How the bot is, in the contract's words. One that was never made is like one that was never started. */
export function presentHealth(bot: FundBot | null): z.input<typeof botHealth> {
  const status = bot ? fundBotState(bot) : 'stopped';
  const failures = bot?.failures ?? 0;
  return {
    status,
    is_running: status === 'running',
    last_heartbeat: bot?.beat_at?.toISOString() ?? null,
    // Something that ended it for good was one failure at least.
    error_count: bot?.status === 'ERROR' ? Math.max(failures, 1) : failures,
  };
}

export function presentState(bot: FundBot | null): z.input<typeof botState> {
  return { ...presentHealth(bot), process_id: bot?.process_id ?? null };
}

/** Running or paused, with few failures and a sign of life that is not too old. `now` is epoch ms. */
export function isHealthy(
  bot: FundBot | null,
  { now, staleAfterSeconds }: { now: number; staleAfterSeconds: number },
): boolean {
  const { status, error_count } = presentHealth(bot);
  const isFresh = !!bot?.beat_at && now - bot.beat_at.getTime() < staleAfterSeconds * 1_000;
  return (status === 'running' || status === 'paused') && error_count < ERRORS && isFresh;
}

export function presentTrade({
  id,
  symbol,
  side,
  price,
  quantity,
  executed_at,
  profit_loss,
}: FundTrade): z.input<typeof tradeSchema> {
  return {
    ...{ id, symbol, side, price: Number(price), quantity: Number(quantity) },
    timestamp: executed_at.toISOString(),
    profit_loss: Number(profit_loss ?? 0),
  };
}
