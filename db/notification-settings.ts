import type { Knex } from 'knex';
import type { Role } from './models/user.ts';
import {
  KINDS,
  NOTIFICATION_KINDS,
  type NotificationKind,
  type NotificationLevel,
} from './notification-kinds.ts';

/** Of every kind that somebody may be told of. */
export type NotificationSettings = Partial<Record<NotificationKind, NotificationLevel>>;

/** The kinds that somebody of that role is told of. */
export function kindsFor(role: Role | null): NotificationKind[] {
  return KINDS.filter((kind) => role === 'admin' || !NOTIFICATION_KINDS[kind].isForAdmins);
}

/** The level of each kind that was ever set to something else than on is theirs; the others are on. */
export async function readNotificationSettings(
  knex: Knex,
  userId: string,
): Promise<Required<NotificationSettings>> {
  const rows: { kind: NotificationKind; level: NotificationLevel }[] = await knex('notification_settings')
    .where({ user_id: userId })
    .select('kind', 'level');
  const chosen = new Map(rows.map(({ kind, level }) => [kind, level]));
  return Object.fromEntries(
    KINDS.map((kind) => [kind, chosen.get(kind) ?? 'on']),
  ) as Required<NotificationSettings>;
}

/** Changes what is given; two changes at once of different kinds both stand. */
export async function changeNotificationSettings(
  knex: Knex,
  userId: string,
  change: NotificationSettings,
): Promise<void> {
  const rows = Object.entries(change).map(([kind, level]) => ({ user_id: userId, kind, level }));
  if (rows.length === 0) return;
  await knex('notification_settings').insert(rows).onConflict(['user_id', 'kind']).merge(['level']);
}

/**
 * Notes the chat of those who run the installation (`TELEGRAM_CHAT_ID`), null for none: whoever gives events their places reads it,
 * and need not be told the same.
 */
export async function keepOperatorsChat(knex: Knex, chatId: number | null): Promise<void> {
  await knex('operators_chat').update({ chat_id: chatId });
}

/** Notes what Telegram calls the bot, without the @. */
export async function keepBotName(knex: Knex, name: string): Promise<void> {
  await knex('operators_chat').update({ bot_username: name });
}

/** Null until the bot has once reached Telegram. */
export async function readBotName(knex: Knex): Promise<string | null> {
  const row = await knex('operators_chat').first<{ bot_username: string | null }>('bot_username');
  return row.bot_username;
}

/** Whether there is an operators' chat, and it is written to. */
export async function isOperatorsChatOn(knex: Knex): Promise<boolean> {
  return (await knex('operators_chat').where({ is_on: true }).whereNotNull('chat_id').first()) !== undefined;
}

/** False where there is none. */
export async function switchOperatorsChat(knex: Knex, isOn: boolean): Promise<boolean> {
  return (await knex('operators_chat').whereNotNull('chat_id').update({ is_on: isOn })) > 0;
}
