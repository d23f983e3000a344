import type { Knex } from 'knex';
import type { BotStatus } from '../bots/lifecycle.ts';
import type { Amount } from '../bots/money.ts';

/** How a bot's session is at this moment. */
export interface BotSession {
  bot_id: string;
  user_id: string;
  ticker: string;
  status: BotStatus;
  error: string | null;
  total_trades: number;
  last_price: Amount | null;
  /** Null before the first fill. */
  quantity: Amount | null;
  cost: Amount | null;
  realised: Amount | null;
  updated_at: Date;
}

/** The sessions of all bots of the users in `all`, and of those of the users in `changed` that have changed since then. */
export async function readSessions(
  knex: Knex,
  { all, changed, since }: { all: readonly string[]; changed: readonly string[]; since: Date },
): Promise<BotSession[]> {
  const { rows } = await knex.raw<{ rows: BotSession[] }>(READ, { all, changed, since });
  return rows;
}

const READ = `
  SELECT b.id AS bot_id, b.user_id, b.ticker, b.status, b.error, b.total_trades, s.last_price,
    p.quantity, p.cost, p.realised, greatest(b.updated_at, s.updated_at) AS updated_at
  FROM bots b JOIN bot_session_states s ON s.bot_id = b.id LEFT JOIN positions p ON p.bot_id = b.id
  WHERE b.user_id = ANY(:all::uuid[])
    OR (b.user_id = ANY(:changed::uuid[]) AND greatest(b.updated_at, s.updated_at) >= :since::timestamptz)`;
