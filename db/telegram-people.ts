import type { Knex } from 'knex';
import type { Role } from './models/user.ts';

/** A user as Telegram's side of the house needs them. */
export interface TelegramUser {
  user_id: string;
  role: Role | null;
  /** Null until they have chosen one. */
  language: string | null;
  /** IANA's name of it. */
  time_zone: string;
}

/** The user who is linked to that number at Telegram, unless they are disabled. */
export async function findPerson(knex: Knex, telegramId: number): Promise<TelegramUser | undefined> {
  return knex('telegram_links')
    .join('users', 'users.id', 'telegram_links.user_id')
    .leftJoin('user_preferences', 'user_preferences.user_id', 'users.id')
    .where({ telegram_id: telegramId, 'users.disabled_at': null })
    .first(
      ...['users.id as user_id', 'users.role', 'user_preferences.language'],
      knex.raw(`coalesce(user_preferences.time_zone, 'UTC') AS time_zone`),
    );
}
