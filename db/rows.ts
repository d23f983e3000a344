import type { Model } from 'objection';
import type { ActivityLog } from './models/activity-log.ts';
import type { Bot } from './models/bot.ts';
import type { Trade } from './models/trade.ts';
import type { User } from './models/user.ts';

/** The columns alone: what doors list. Making a model of each row costs them more than the query. */
type RowOf<M extends Model> = Omit<M, keyof Model>;

export type BotRow = RowOf<Bot>;
export type LogRow = RowOf<ActivityLog>;
export type TradeRow = RowOf<Trade>;
export type UserRow = RowOf<User> & { has_second_factor: boolean };
