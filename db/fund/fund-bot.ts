import type { Knex } from 'knex';
import type { BotRow } from '../rows.ts';

/** The fund's bot, and who looks after it. */
export interface FundBot extends BotRow {
  /** When a worker last said that it lives; null before the bot's first start, and where none has said so. */
  beat_at: Date | null;
  /** The process that said so. */
  process_id: number | null;
}

/** Null where no fund has been set up. */
export async function readFundBot(knex: Knex): Promise<FundBot | null> {
  const { rows } = await knex.raw<{ rows: FundBot[] }>(FUND_BOT);
  return rows[0] ?? null;
}

/** A worker that has ended says so with the first moment there is. */
const FUND_BOT = `
SELECT b.*, w.seen_at AS beat_at, w.process_id
FROM fund_state f JOIN bots b ON b.user_id = f.owner_id
LEFT JOIN bot_session_states s ON s.bot_id = b.id
LEFT JOIN LATERAL (
  SELECT seen_at, process_id FROM workers WHERE seen_at > 'epoch' ORDER BY seen_at DESC LIMIT 1
) w ON s.bot_id IS NOT NULL
ORDER BY b.created_at LIMIT 1`;
