import type { Alongside, PlacedEvent } from './event-stream.ts';
import { URGENT_KINDS } from './notification-kinds.ts';
import { noticesOf, type Notice } from './notices.ts';

/**
 * For `placeEvents`: writes what people are to be told of events, one row an event and chat, with what it takes to say it. Whoever is
 * not linked, has turned Telegram or the kind off, or has blocked the bot, is left out; so is everything that happened more than a
 * day before it got its place. The operators' chat is told of the system, of what is nobody's, and of what is the default owner's.
 */
export function queueNotifications(defaultOwnerId: string): Alongside {
  return async (tx, events) => {
    const notices = events.flatMap(rowsOf);
    if (notices.length === 0) return;
    await tx.raw(QUEUE, { notices: JSON.stringify(notices), defaultOwnerId });
  };
}

/** None of an event that cannot be read: no other waits for its sake. */
function rowsOf(event: PlacedEvent): object[] {
  try {
    return noticesOf(event).map((notice) => rowOf(event, notice));
  } catch {
    return [];
  }
}

function rowOf(event: PlacedEvent, { kind, to }: Notice): object {
  const { id, position, bot_id, user_id, payload, created_at } = event;
  return {
    id,
    position,
    bot_id,
    user_id,
    kind,
    payload,
    created_at,
    to_admins: to === 'admins',
    is_urgent: URGENT_KINDS.includes(kind),
  };
}

/**
 * `bot` goes into the payload: it may be gone when the message is written. Who is told one event twice is told as its owner. What is
 * nobody's counts as the default owner's; how the fund's bot is, admins are told.
 */
const QUEUE = `
  WITH notices AS (
    SELECT n.id, n.position, n.bot_id, n.user_id, n.kind, n.payload, n.created_at, n.is_urgent,
      n.to_admins OR (starts_with(n.kind, 'bot_') AND coalesce(n.user_id = f.owner_id, false)) AS to_admins,
      coalesce(n.user_id, CAST(:defaultOwnerId AS uuid)) = CAST(:defaultOwnerId AS uuid) AS is_operators
    FROM jsonb_to_recordset(CAST(:notices AS jsonb)) AS n(
      id bigint, position bigint, bot_id uuid, user_id uuid, kind text, payload jsonb, created_at timestamptz,
      to_admins boolean, is_urgent boolean), fund_state f
    WHERE n.created_at > now() - interval '1 day'
  ), told AS (
    SELECT n.*, l.telegram_id AS chat_id, l.user_id AS recipient, false AS is_for_operators
    FROM notices n
      JOIN users u ON CASE WHEN n.to_admins THEN u.role = 'admin' ELSE u.id = n.user_id END
      JOIN telegram_links l ON l.user_id = u.id
    WHERE u.disabled_at IS NULL AND l.is_on AND l.blocked_at IS NULL
    UNION ALL
    SELECT n.*, o.chat_id, CAST(:defaultOwnerId AS uuid), true
    FROM notices n, operators_chat o
    WHERE o.chat_id IS NOT NULL AND o.is_on AND (n.to_admins OR n.is_operators)
  ), queued AS (
    INSERT INTO notifications (event_id, position, chat_id, user_id, bot_id, kind, is_silent, is_urgent, is_for_admins,
      is_for_operators, payload, happened_at)
    SELECT DISTINCT ON (t.id, t.chat_id) t.id, t.position, t.chat_id, t.recipient, t.bot_id, t.kind,
      coalesce(s.level = 'silent', false), t.is_urgent, t.to_admins, t.is_for_operators,
      t.payload || jsonb_build_object('bot', (
        SELECT jsonb_build_object('symbol', b.ticker, 'exchange', b.exchange) FROM bots b WHERE b.id = t.bot_id)),
      t.created_at
    FROM told t LEFT JOIN notification_settings s ON s.user_id = t.recipient AND s.kind = t.kind
    WHERE s.level IS DISTINCT FROM 'off'
    ORDER BY t.id, t.chat_id, t.to_admins, t.is_for_operators
    ON CONFLICT ON CONSTRAINT notifications_event_chat_key DO NOTHING
    RETURNING chat_id
  )
  INSERT INTO notification_chats (chat_id) SELECT DISTINCT chat_id FROM queued ON CONFLICT DO NOTHING`;
