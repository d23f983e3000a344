import type { Knex } from 'knex';
import type { Model } from 'objection';
import type { BotStatus } from '../bots/lifecycle.ts';
import type { Amount } from '../bots/money.ts';
import { recordAudit } from './audit.ts';
import { exceptFund } from './fund/owner.ts';
import { ActivityLog } from './models/activity-log.ts';
import { Bot } from './models/bot.ts';
import { Event } from './models/event.ts';
import { lockBotsOf } from './bots-lock.ts';
import { accountFor } from './exchange-keys.ts';
import type { BotRow } from './rows.ts';

/** A bot before the database has completed it. */
export type NewBot = Pick<Bot, 'ticker' | 'exchange' | 'first_order'> &
  Partial<Omit<Bot, 'ticker' | 'exchange' | 'first_order' | keyof Model>>;

export interface Page {
  skip: number;
  limit: number;
}

/** In the place of a user: everybody's rows. Those of the fund are nobody's: it has doors of its own. */
export const EVERYBODY: unique symbol = Symbol('everybody');

/** Whose rows a query is about. Never left out: a forgotten owner is a type error, and not everybody's rows. */
export interface OwnedBy {
  userId: string | typeof EVERYBODY;
}

export interface Statistics {
  total_bots: number;
  active_bots: number;
  stopped_bots: number;
  total_pnl: Amount;
  total_trades: number;
}

/**
 * Inserts a bot, with its log and event, unless its owner has `maxBots` already: then null. Counted under a lock: of ten
 * that come at once only as many get in as there is room for. Without an account it trades with `accountFor`'s.
 */
export async function insertBot(
  knex: Knex,
  bot: NewBot,
  { maxBots }: { maxBots: number },
): Promise<Bot | null> {
  return knex.transaction(async (tx) => {
    const owner = bot.user_id ?? null;
    await lockBotsOf(tx, owner);
    const owned = await Bot.query(tx).whereRaw('user_id IS NOT DISTINCT FROM ?', [owner]).resultSize();
    if (owned >= maxBots) return null;
    const account =
      bot.exchange_account_id ?? (await accountFor(tx, { userId: owner, exchange: bot.exchange }));
    const inserted = await Bot.query(tx)
      .insert({ ...bot, exchange_account_id: account })
      .returning('*');
    await ActivityLog.query(tx).insert({
      bot_id: inserted.id,
      user_id: owner,
      level: 'SUCCESS',
      message: `Bot created for ${inserted.ticker} on ${inserted.exchange}`,
    });
    await Event.query(tx).insert({ bot_id: inserted.id, user_id: owner, type: 'bot.created', payload: {} });
    const creation = {
      action: 'bot.create',
      userId: owner,
      address: null,
      details: { settings: bot },
    } as const;
    await recordAudit(tx, { subject: `bot/${inserted.id}`, ...creation });
    return inserted;
  });
}

/** Leaves the rows whose owner it is, by their column `user_id`. */
export function ownedBy(query: Knex.QueryBuilder, userId: OwnedBy['userId']): void {
  void (userId === EVERYBODY ? exceptFund(query, 'user_id') : query.where({ user_id: userId }));
}

/** Newest first. */
export async function listBots(
  knex: Knex,
  { userId, status, skip, limit }: Page & OwnedBy & { status?: BotStatus },
): Promise<BotRow[]> {
  const query = knex('bots').orderBy('created_at', 'desc').orderBy('id').offset(skip).limit(limit);
  ownedBy(query, userId);
  if (status !== undefined) void query.where({ status });
  return query;
}

export async function findBot(knex: Knex, id: string, { userId }: OwnedBy): Promise<BotRow | null> {
  const query = knex('bots').where({ id }).first<BotRow | undefined>();
  ownedBy(query, userId);
  return (await query) ?? null;
}

/** Ids of the bots that watch their market. */
export async function listWatchedBots(knex: Knex): Promise<string[]> {
  return knex('bots').whereIn('status', ['ACTIVE', 'PAUSED']).pluck('id');
}

/** Over all bots of any status. */
export async function readStatistics(knex: Knex, { userId }: OwnedBy): Promise<Statistics> {
  const query = knex('bots').first<Statistics>(
    knex.raw(`
      count(*) AS total_bots,
      count(*) FILTER (WHERE status = 'ACTIVE') AS active_bots,
      count(*) FILTER (WHERE status = 'STOPPED') AS stopped_bots,
      coalesce(sum(pnl), 0) AS total_pnl,
      coalesce(sum(total_trades), 0)::bigint AS total_trades`),
  );
  ownedBy(query, userId);
  return query;
}
