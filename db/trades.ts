import type { Knex } from 'knex';
import type { Side } from '../bots/orders.ts';
import { ownedBy, type OwnedBy, type Page } from './bots.ts';
import type { TradeRow } from './rows.ts';

/** Newest first. */
export async function listTrades(
  knex: Knex,
  {
    userId,
    botId,
    symbol,
    side,
    skip,
    limit,
  }: Page & OwnedBy & { botId?: string; symbol?: string; side?: Side },
): Promise<TradeRow[]> {
  const query = knex('trades').orderBy('executed_at', 'desc').orderBy('id').offset(skip).limit(limit);
  const bots = knex('bots').select('id');
  ownedBy(bots, userId);
  void query.whereIn('bot_id', bots);
  if (botId !== undefined) void query.where({ bot_id: botId });
  if (symbol !== undefined) void query.where({ symbol });
  if (side !== undefined) void query.where({ side });
  return query;
}
