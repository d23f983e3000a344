import type { Knex } from 'knex';
import { deleteOlder } from './delete-older.ts';
import { LOGGED_KINDS, type NotificationKind } from './notification-kinds.ts';

/** A message to be sent, and what it takes to write it. */
export interface Notification {
  id: number;
  chat_id: number;
  kind: NotificationKind;
  is_silent: boolean;
  /** The event's, with `bot`: its symbol and exchange, null where it is of none. */
  payload: Record<string, unknown>;
  happened_at: Date;
  /** So often it has been tried before. */
  attempts: number;
  /** The reader's; null where none was chosen. */
  language: string | null;
  time_zone: string;
}

export interface Pace {
  /** Messages a second, to all chats together. */
  perSecond: number;
  /** Between two messages to one person. */
  chatMs: number;
  /** Between two to a group, whose number is negative. */
  groupMs: number;
  /** Whoever claimed a message and has not said within this what became of it is taken for dead. */
  leaseMs: number;
}

/** What may be sent now, from `afterMs` on and then one by one at the pace; where it is nothing, `dueMs` says when to ask again. */
export interface Claim {
  notifications: Notification[];
  afterMs: number;
  /** Null where nothing waits. */
  dueMs: number | null;
}

/** Older news is none: it is dropped unsent. */
const STALE = `interval '1 day'`;

/**
 * Takes the next message of each chat that may be written to, what is urgent and then the oldest first, `atMost` of them, for this caller alone until its
 * lease has run out. Any number of processes may ask: together they keep the pace, one that was just killed counted.
 */
export async function claimNotifications(
  knex: Knex,
  { pace, atMost }: { pace: Pace; atMost: number },
): Promise<Claim> {
  // Asked with every event there is: mostly nobody is to be told.
  const isQuiet = (await knex('notifications').where({ state: 'waiting' }).first('id')) === undefined;
  if (isQuiet) return { notifications: [], afterMs: 0, dueMs: null };
  return knex.transaction(async (tx) => {
    // Whoever claims holds it, until it stands still: no two claim the same.
    const { rows: paced } = await tx.raw<{ rows: [{ after_ms: number }] }>(
      `SELECT greatest(0, ${msFromNow('next_at')}) AS after_ms,
         set_config('idle_in_transaction_session_timeout', '5s', true) FROM notification_pace FOR UPDATE`,
    );
    const afterMs = paced[0].after_ms;
    if (afterMs > pace.leaseMs) return { notifications: [], afterMs, dueMs: afterMs };
    await dropUnwanted(tx);
    const gapMs = 1_000 / pace.perSecond;
    const { rows } = await tx.raw<{ rows: Notification[] }>(CLAIM, {
      ...{ atMost, gapMs, leaseMs: afterMs + pace.leaseMs },
    });
    if (rows.length === 0) return { notifications: [], afterMs, dueMs: await dueIn(tx) };
    await tx.raw('UPDATE notification_pace SET next_at = clock_timestamp() + make_interval(secs => ?)', [
      (afterMs + rows.length * gapMs) / 1_000,
    ]);
    return { notifications: rows, afterMs, dueMs: null };
  });
}

const msFromNow = (column: string) => `(extract(epoch FROM ${column} - clock_timestamp()) * 1000)::float8`;

/**
 * What is at the head of each chat, and when that may be written to: by `now()`, as no chat may come due between asking whether its
 * head is wanted and taking it. Chats stay: there is one a person who was ever linked.
 */
const HEADS = `
  SELECT n.id, n.chat_id, n.is_urgent, n.position, c.next_at
  FROM notification_chats c CROSS JOIN LATERAL (
    SELECT id, chat_id, is_urgent, position FROM notifications
    WHERE chat_id = c.chat_id AND state = 'waiting' ORDER BY is_urgent DESC, position LIMIT 1) n`;

const CLAIM = `
  WITH due AS (
    SELECT id, chat_id, row_number() OVER (ORDER BY is_urgent DESC, position, id) AS turn
    FROM (${HEADS}) AS heads WHERE next_at <= now() ORDER BY is_urgent DESC, position, id LIMIT :atMost
  ), leased AS (
    UPDATE notification_chats c
    SET next_at = clock_timestamp() + make_interval(secs => (CAST(:leaseMs AS float8) + due.turn * CAST(:gapMs AS float8)) / 1000)
    FROM due WHERE c.chat_id = due.chat_id
  )
  SELECT n.id, n.chat_id, n.kind, n.is_silent, n.payload, n.happened_at, n.attempts, p.language,
    coalesce(p.time_zone, 'UTC') AS time_zone
  FROM due JOIN notifications n USING (id) LEFT JOIN user_preferences p ON p.user_id = n.user_id
  ORDER BY due.turn`;

/** Of a message `n`: its reader may be told no more, or does not want to be, whoever has that chat now. */
const UNWANTED = `(
  CASE WHEN n.is_for_operators THEN EXISTS (SELECT FROM operators_chat o WHERE o.is_on AND o.chat_id = n.chat_id)
  ELSE EXISTS (SELECT FROM telegram_links l JOIN users u ON u.id = l.user_id
    WHERE l.user_id = n.user_id AND l.telegram_id = n.chat_id AND l.is_on AND l.blocked_at IS NULL
      AND u.disabled_at IS NULL AND (u.role = 'admin' OR NOT n.is_for_admins)) END
  AND NOT EXISTS (
    SELECT FROM notification_settings s WHERE s.user_id = n.user_id AND s.kind = n.kind AND s.level = 'off')
  ) IS NOT TRUE`;

/** Where the head of a chat is unwanted or too old, all that waits there and is; what heads it then may go. */
async function dropUnwanted(tx: Knex): Promise<void> {
  const isOver = `(n.happened_at <= now() - ${STALE} OR ${UNWANTED})`;
  await tx.raw(
    `WITH over AS (
       SELECT n.chat_id FROM (${HEADS}) AS heads JOIN notifications n USING (id)
       WHERE next_at <= now() AND ${isOver}
     )
     UPDATE notifications n SET state = 'dropped', ended_at = now(),
       error = CASE WHEN n.happened_at <= now() - ${STALE} THEN 'too old' ELSE 'not wanted any more' END
     WHERE n.state = 'waiting' AND n.chat_id IN (SELECT chat_id FROM over) AND ${isOver}`,
  );
}

async function dueIn(tx: Knex): Promise<number | null> {
  const { rows } = await tx.raw<{ rows: [{ ms: number | null }] }>(
    `SELECT greatest(0, ${msFromNow('min(next_at)')}) AS ms FROM (${HEADS}) AS heads`,
  );
  return rows[0].ms;
}

/**
 * Notes that Telegram has taken it, with the line of the log, and when the chat may be written to next. Once: who was taken for dead
 * and sent after all adds nothing. The line has the words only of what happened to a bot of its reader's, else the kind alone.
 */
export async function markSent(
  knex: Knex,
  { id, text, pauseMs }: { id: number; text: string; pauseMs: number },
): Promise<void> {
  await knex.raw(
    `WITH sent AS (
       UPDATE notifications SET state = 'sent', attempts = attempts + 1, ended_at = now(), error = NULL
       WHERE id = :id AND state = 'waiting' RETURNING chat_id, user_id, bot_id, kind, is_for_admins
     ), paced AS (
       UPDATE notification_chats c SET next_at = clock_timestamp() + make_interval(secs => CAST(:pauseMs AS float8) / 1000)
       FROM sent WHERE c.chat_id = sent.chat_id
     )
     INSERT INTO activity_logs (bot_id, user_id, level, message)
     SELECT (SELECT b.id FROM bots b WHERE b.id = sent.bot_id), user_id, 'TELEGRAM',
       CASE WHEN kind = ANY(:logged) AND NOT is_for_admins THEN left(:text, ${LONGEST_LINE}) ELSE 'Telegram: ' || kind END
     FROM sent`,
    { id, pauseMs, text, logged: [...LOGGED_KINDS] },
  );
}

const LONGEST_LINE = 500;

/** Notes why it could not be sent; it is tried again after `ms`, and what comes after it in that chat waits. */
export async function putOff(
  knex: Knex,
  { id, chat_id }: Pick<Notification, 'id' | 'chat_id'>,
  { error, ms }: { error: string; ms: number },
): Promise<void> {
  await knex.transaction(async (tx) => {
    await tx('notifications')
      .where({ id })
      .update({ error: error.slice(0, LONGEST_ERROR) })
      .increment('attempts', 1);
    await restChat(tx, chat_id, ms);
  });
}

/**
 * Telegram asks to write no more to that chat for `ms`; where it asks for a second chat meanwhile, it means all of them.
 */
export async function holdChat(knex: Knex, chatId: number, ms: number): Promise<void> {
  const later = knex.raw('clock_timestamp() + make_interval(secs => ?)', [ms / 1_000]);
  await knex.transaction(async (tx) => {
    // Of two at once the later sees the other.
    await tx('notification_pace').forUpdate().first();
    await restChat(tx, chatId, ms);
    await tx('notification_chats').where({ chat_id: chatId }).update({ held_until: later });
    const others = tx('notification_chats')
      .whereNot({ chat_id: chatId })
      .where('held_until', '>', tx.raw('clock_timestamp()'));
    if (await others.first('chat_id')) await restAll(tx, ms);
  });
}

/** A group that becomes a supergroup has another number: what waits for it goes there. */
export async function moveChat(knex: Knex, { from, to }: { from: number; to: number }): Promise<void> {
  await knex.transaction(async (tx) => {
    await tx('operators_chat').where({ chat_id: from }).update({ chat_id: to });
    await tx('notifications').where({ chat_id: from, state: 'waiting' }).update({ chat_id: to });
    await tx('notification_chats').insert({ chat_id: to }).onConflict().ignore();
  });
}

/** Nothing is sent to anybody for `ms`. */
export async function restAll(knex: Knex, ms: number): Promise<void> {
  await knex('notification_pace').update({
    next_at: knex.raw('greatest(next_at, clock_timestamp() + make_interval(secs => ?))', [ms / 1_000]),
  });
}

async function restChat(tx: Knex, chatId: number, ms: number): Promise<void> {
  const next_at = tx.raw('clock_timestamp() + make_interval(secs => ?)', [ms / 1_000]);
  await tx('notification_chats').where({ chat_id: chatId }).update({ next_at });
}

/** Gives up a message, or all that wait for its chat, and says why. */
export async function dropNotifications(
  knex: Knex,
  which: { id: number } | { chat_id: number },
  error: string,
): Promise<void> {
  const dropped = { state: 'dropped', ended_at: knex.fn.now(), error: error.slice(0, LONGEST_ERROR) };
  await knex('notifications').where(which).where({ state: 'waiting' }).update(dropped);
}

const LONGEST_ERROR = 300;

/** What happened so many days ago is forgotten; returns how many. */
export async function deleteOldNotifications(knex: Knex, days: number): Promise<number> {
  return deleteOlder(knex, { table: 'notifications', time: 'happened_at', days });
}
