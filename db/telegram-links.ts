import type { Knex } from 'knex';
import { recordAudit } from './audit.ts';
import { Event } from './models/event.ts';
import { tokenHash } from './token-hash.ts';

/** A row of `telegram_links`: the person on Telegram that a user is. */
export interface TelegramLink {
  user_id: string;
  /** The person's number at Telegram, and of their private chat with the bot. */
  telegram_id: number;
  /** What they call themselves there. */
  name: string;
  /** Whether they want to be sent anything. */
  is_on: boolean;
  /** Since when the bot may not write to them. */
  blocked_at: Date | null;
  linked_at: Date;
}

/** Somebody on Telegram, as it says they are. */
export interface TelegramPerson {
  id: number;
  name: string;
}

/** A code that the user may send to the bot until it expires; it takes the place of the one before. */
export async function keepLinkCode(
  knex: Knex,
  { userId, code, expiresAt }: { userId: string; code: string; expiresAt: Date },
): Promise<void> {
  const row = { code_hash: tokenHash(code), expires_at: expiresAt, claimed_by: null, claimed_name: null };
  await knex('telegram_link_codes')
    .insert({ user_id: userId, ...row })
    .onConflict('user_id')
    .merge();
}

/**
 * Notes who has sent the code; what they have sent before is forgotten, lest a code that somebody had them send stays good beside
 * their own. False where nobody asked for it, it is too late, or somebody else has sent it before.
 */
export async function claimLinkCode(
  knex: Knex,
  code: string,
  { id, name }: TelegramPerson,
  now: Date,
): Promise<boolean> {
  const code_hash = tokenHash(code);
  return knex.transaction(async (tx) => {
    const claimed = await tx('telegram_link_codes')
      .where({ code_hash })
      .where('expires_at', '>', now)
      .where((row) => row.whereNull('claimed_by').orWhere('claimed_by', id))
      .update({ claimed_by: id, claimed_name: name.slice(0, MAX_NAME) });
    if (claimed === 0) return false;
    await tx('telegram_link_codes').where({ claimed_by: id }).whereNot({ code_hash }).delete();
    return true;
  });
}

/** Who waits to be confirmed as the user; null where nobody does. */
export async function findClaim(knex: Knex, userId: string, now: Date): Promise<TelegramPerson | null> {
  const row = await knex('telegram_link_codes')
    .where({ user_id: userId })
    .whereNotNull('claimed_by')
    .where('expires_at', '>', now)
    .first<{ claimed_by: number; claimed_name: string } | undefined>('claimed_by', 'claimed_name');
  return row ? { id: row.claimed_by, name: row.claimed_name } : null;
}

/**
 * Makes the one who waits the user's, in the place of whoever was, with the event that tells them; null where `telegramId` does
 * not wait, or is another user's: that one has to let go of them first.
 */
export async function confirmLink(
  knex: Knex,
  { userId, telegramId, address }: { userId: string; telegramId: number; address: string },
  now: Date,
): Promise<TelegramLink | null> {
  const confirmed = knex.transaction(async (tx) => {
    const [claim] = (await tx('telegram_link_codes')
      .where({ user_id: userId, claimed_by: telegramId })
      .where('expires_at', '>', now)
      .delete()
      .returning('claimed_name')) as { claimed_name: string }[];
    if (!claim) return null;
    const person = { telegram_id: telegramId, name: claim.claimed_name, linked_at: now };
    const [link] = (await tx('telegram_links')
      .insert({ user_id: userId, ...person, is_on: true, blocked_at: null })
      .onConflict('user_id')
      .merge()
      .returning('*')) as [TelegramLink];
    await Event.query(tx).insert({ bot_id: null, user_id: userId, type: 'telegram.linked', payload: {} });
    const details = { telegram_id: telegramId };
    await recordAudit(tx, { subject: `user/${userId}`, action: 'telegram.link', userId, address, details });
    return link;
  });
  return confirmed.catch((error: unknown) => {
    if (isAnothers(error)) return null;
    throw error;
  });
}

/** Takes the link away; returns it, or null where there was none. `address` is null where it was asked for in the chat. */
export async function deleteLink(
  knex: Knex,
  { userId, address }: { userId: string; address: string | null },
): Promise<TelegramLink | null> {
  return knex.transaction(async (tx) => {
    const [link] = (await tx('telegram_links')
      .where({ user_id: userId })
      .delete()
      .returning('*')) as TelegramLink[];
    if (!link) return null;
    const details = { telegram_id: link.telegram_id };
    await recordAudit(tx, { subject: `user/${userId}`, action: 'telegram.unlink', userId, address, details });
    return link;
  });
}

export async function findLink(knex: Knex, userId: string): Promise<TelegramLink | undefined> {
  return knex<TelegramLink>('telegram_links').where({ user_id: userId }).first();
}

/** Whether its user wants to be sent anything. False where there is no link. */
export async function switchLink(knex: Knex, userId: string, isOn: boolean): Promise<boolean> {
  return (await knex('telegram_links').where({ user_id: userId }).update({ is_on: isOn })) > 0;
}

/** Notes that the bot may not write to that person. */
export async function markBlocked(knex: Knex, telegramId: number): Promise<void> {
  await knex('telegram_links').where({ telegram_id: telegramId }).update({ blocked_at: knex.fn.now() });
}

/** Notes that it may again; writes nothing where it always might. */
export async function unblock(knex: Knex, telegramId: number): Promise<void> {
  await knex('telegram_links')
    .where({ telegram_id: telegramId })
    .whereNotNull('blocked_at')
    .update({ blocked_at: null });
}

function isAnothers(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'telegram_links_telegram_id_key';
}

const MAX_NAME = 100;
