import type { Knex } from 'knex';
import { deleteOlder } from './delete-older.ts';
import { listen, type Listener } from './listen.ts';
import type { Event } from './models/event.ts';

/** An event that has its place. */
export type PlacedEvent = Pick<Event, 'id' | 'bot_id' | 'user_id' | 'type' | 'payload' | 'created_at'> & {
  position: number;
};

const BATCH = 1_000;
/** So long after somebody else was found giving places it is looked whether all have theirs. */
const HELD_MS = 1_000;

/**
 * Gives events their places, as soon as they are committed; `alongside` writes what goes with them in the same transaction.
 * Run by any number of processes: one at a time does it, and where it dies another goes on.
 */
export function placeEvents({ knex, url, alongside = nothing, onFault }: Placing): Listener {
  const onNotice = async () => {
    for (;;) {
      const placed = await knex.transaction((tx) => placeBatch(tx, alongside));
      // Whoever holds the stream hears what we hear, unless it has died or stands still.
      if (placed === null) return HELD_MS;
      if (placed < BATCH) return undefined;
    }
  };
  return listen({ url, channel: 'events', onNotice, onFault });
}

interface Placing {
  knex: Knex;
  url: string;
  alongside?: Alongside;
  onFault: (error: unknown) => void;
}

/** Writes with events, in the transaction that gives them their places. */
export type Alongside = (tx: Knex, events: readonly PlacedEvent[]) => Promise<void>;

const nothing: Alongside = () => Promise.resolve();

/** How many were given their places; null where somebody else is giving them. */
async function placeBatch(tx: Knex, alongside: Alongside): Promise<number | null> {
  const { rows: held } = await tx.raw<{ rows: { last_position: number }[] }>(HOLD);
  const [stream] = held;
  if (!stream) return null;
  const { rows } = await tx.raw<{ rows: PlacedEvent[] }>(PLACE, { last: stream.last_position, batch: BATCH });
  if (rows.length === 0) return 0;
  const events = rows.toSorted((one, other) => one.position - other.position);
  await tx('event_stream').update({ last_position: events.at(-1)!.position });
  await alongside(tx, events);
  await tx.raw(`SELECT pg_notify('stream', '')`);
  return events.length;
}

/** A process that is stopped while it has the stream loses it, so that the others go on. */
const HOLD = `
  SELECT last_position, set_config('idle_in_transaction_session_timeout', '5s', true)
  FROM event_stream FOR UPDATE SKIP LOCKED`;

const COLUMNS = ['id', 'bot_id', 'user_id', 'type', 'payload', 'created_at', 'position'] as const;

const PLACE = `
  WITH unplaced AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id FROM events WHERE position IS NULL ORDER BY id LIMIT :batch) AS first
  )
  UPDATE events SET position = :last::bigint + place FROM unplaced WHERE unplaced.id = events.id
  RETURNING ${COLUMNS.map((column) => `events.${column}`).join(', ')}`;

/** Where the stream ends now. */
export async function lastPosition(knex: Knex): Promise<number> {
  const { last_position } = await knex('event_stream').first<{ last_position: number }>('last_position');
  return last_position;
}

/** Which events are asked for: of one user, or but those of a type. */
interface Part {
  userId?: string;
  leaveOut?: string;
}

/** What comes after a position, in order. */
export async function readEvents(
  knex: Knex,
  { after, upTo, userId, leaveOut, limit }: { after: number; upTo?: number; limit: number } & Part,
): Promise<PlacedEvent[]> {
  const query = knex('events').where('position', '>', after).orderBy('position').limit(limit);
  if (upTo !== undefined) void query.where('position', '<=', upTo);
  if (userId !== undefined) void query.where({ user_id: userId });
  if (leaveOut !== undefined) void query.whereNot({ type: leaveOut });
  return query.select<PlacedEvent[]>(...COLUMNS);
}

/** How the stream stands to who has read up to `after`. */
export interface Standing {
  last: number;
  /** The first place that is still kept; null where none is. */
  first: number | null;
  /** How many events come after it, of one user where that is said; counted up to `atMost`. */
  behind: number;
}

export async function readStanding(
  knex: Knex,
  { after, userId, leaveOut, atMost }: { after: number; atMost: number } & Part,
): Promise<Standing> {
  const { rows } = await knex.raw<{ rows: [Standing] }>(STANDING, {
    ...{ after, atMost, userId: userId ?? null, leaveOut: leaveOut ?? null },
  });
  return rows[0];
}

const STANDING = `
  SELECT last_position AS last,
    (SELECT min(position) FROM events WHERE position IS NOT NULL) AS first,
    (SELECT count(*) FROM (
      SELECT FROM events WHERE position > :after::bigint AND (:userId::uuid IS NULL OR user_id = :userId::uuid)
        AND type IS DISTINCT FROM :leaveOut::text LIMIT :atMost
    ) AS missed) AS behind
  FROM event_stream`;

/** Hands on, in order and one batch after the other, what comes into the stream after `after`. */
export function followEvents({ knex, url, after, onEvents, onFault }: Following): Listener {
  let last = after;
  const onNotice = async () => {
    for (let full = true; full;) {
      const events = await readEvents(knex, { after: last, limit: BATCH });
      if (events.length > 0) await onEvents(events);
      last = events.at(-1)?.position ?? last;
      full = events.length === BATCH;
    }
  };
  return listen({ url, channel: 'stream', onNotice, onFault });
}

interface Following {
  knex: Knex;
  url: string;
  after: number;
  /** One that throws is given the same events again. */
  onEvents: (events: readonly PlacedEvent[]) => Promise<void> | void;
  onFault: (error: unknown) => void;
}

/** Events older than `days` are forgotten: who comes back after that is told so. Returns how many. */
export async function deleteOldEvents(knex: Knex, days: number): Promise<number> {
  return deleteOlder(knex, { table: 'events', time: 'created_at', days });
}
