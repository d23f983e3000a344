import type { Knex } from 'knex';
import { Decimal, type Amount } from '../../bots/money.ts';
import { readSessions, type BotSession } from '../../db/bot-sessions.ts';
import { STATUS_WORDS } from './forms/bots.ts';
import type { Client } from './client.ts';
import type { Clients } from './clients.ts';
import type { Outgoing } from './message.ts';

/** A row may be committed so much later than the time that stands in it. */
const LATE_MS = 10_000;

type Known = Map<string, { session: Outgoing; price: Outgoing | null }>;

/**
 * Tells those whose contract has it how the prices and sessions of their bots are: all of them at first, then what has changed since the
 * last call. One query for all of them. These messages have no cursor: who was away is told how it is, not how it was.
 */
export function tellSessions(clients: Clients, knex: Knex): () => Promise<void> {
  const knownOf = new Map<string, Known>();
  let newest = new Date(0);
  return async () => {
    const listening = [...clients.all()].filter(({ form, isLive }) => form.tellsSessions && isLive);
    const users = new Set(listening.map(userOf));
    for (const user of knownOf.keys()) if (!users.has(user)) knownOf.delete(user);
    if (users.size === 0) return;
    // Who comes is told nothing of a bot that is gone: all there are, are read for them.
    const all = listening.filter(({ knowsSessions }) => !knowsSessions).map(userOf);
    const sessions = await readSessions(knex, {
      all,
      changed: [...knownOf.keys()].filter((user) => !all.includes(user)),
      since: new Date(newest.getTime() - LATE_MS),
    });
    for (const user of users) if (!knownOf.has(user)) knownOf.set(user, new Map());
    const there = new Set(sessions.map(({ bot_id }) => bot_id));
    for (const user of all)
      for (const id of knownOf.get(user)!.keys()) if (!there.has(id)) knownOf.get(user)!.delete(id);
    const changes = new Map<string, Outgoing[]>();
    for (const session of sessions) {
      if (session.updated_at > newest) newest = session.updated_at;
      const own = changes.get(session.user_id) ?? [];
      changes.set(session.user_id, own);
      own.push(...changesOf(session, knownOf.get(session.user_id)!));
    }
    for (const client of listening) tell(client, knownOf, changes);
  };
}

function tell(client: Client, knownOf: Map<string, Known>, changes: Map<string, Outgoing[]>): void {
  const user = userOf(client);
  const all = [...knownOf.get(user)!.values()].flatMap(({ session, price }) => [session, price ?? []].flat());
  const changed = new Set(changes.get(user));
  const { lost } = client.outbox;
  const news = all.filter((message) => changed.has(message) || lost.has(message.key!));
  for (const message of client.knowsSessions ? news : all) client.tell(message);
  client.knowsSessions = true;
}

const userOf = ({ listener }: Client): string => String(listener.rows.userId);

/** What is new in a row, which is kept for the next to come. */
function changesOf(row: BotSession, known: Known): Outgoing[] {
  const before = known.get(row.bot_id);
  const session = messageOf(row, 'bot.session', presentSession(row));
  const price =
    row.last_price === null
      ? null
      : messageOf(row, 'market.price', { symbol: symbolOf(row), price: Number(row.last_price) });
  known.set(row.bot_id, { session, price });
  return [
    ...(before?.session.text === session.text ? [] : [session]),
    ...(price === null || before?.price?.text === price.text ? [] : [price]),
  ];
}

function messageOf({ bot_id, updated_at }: BotSession, type: string, data: object): Outgoing {
  const text = JSON.stringify({ type, bot_id, data, timestamp: updated_at.toISOString() });
  return { text, cursor: null, botId: bot_id, key: `${type} ${bot_id}` };
}

const symbolOf = ({ ticker }: BotSession): string => ticker.replace('/', '');

/** With the names of the contract's `bot_session_states`. */
function presentSession(row: BotSession): object {
  const quantity = new Decimal(row.quantity ?? 0);
  const cost = new Decimal(row.cost ?? 0);
  const entry = quantity.isZero() ? null : cost.div(quantity.abs());
  return {
    status: STATUS_WORDS[row.status],
    running: row.status === 'ACTIVE',
    symbol: symbolOf(row),
    last_price: numberOf(row.last_price),
    position_size: quantity.toNumber(),
    entry_price: entry?.toNumber() ?? null,
    unrealized_pnl: unrealised(row, { quantity, cost }),
    realized_pnl: Number(row.realised ?? 0),
    trade_count: row.total_trades,
    last_error: row.error,
    updated_at: row.updated_at.toISOString(),
  };
}

/** What closing at the last price would bring, less what was paid; for what was sold first, what was received less what it would cost. */
function unrealised(
  { last_price: price }: BotSession,
  { quantity, cost }: { quantity: Decimal; cost: Decimal },
): number | null {
  if (quantity.isZero()) return 0;
  if (price === null) return null;
  const worth = quantity.abs().mul(price);
  return (quantity.isNegative() ? cost.sub(worth) : worth.sub(cost)).toNumber();
}

function numberOf(amount: Amount | null): number | null {
  return amount === null ? null : Number(amount);
}
