import type { Knex } from 'knex';
import type { Side } from '../bots/orders.ts';
import { EVERYBODY, type OwnedBy, type Page } from './bots.ts';
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
  if (userId !== EVERYBODY)
    void query.whereIn('bot_id', knex('bots').select('id').where({ user_id: userId }));
  if (botId !== undefined) void query.where({ bot_id: botId });
  if (symbol !== undefined) void query.where({ symbol });
  if (side !== undefined) void query.where({ side });
  return query;
}
