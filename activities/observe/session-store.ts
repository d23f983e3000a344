import { Context as ActivityContext } from '@temporalio/activity';
import type { Knex } from 'knex';
import type { Amount } from '../../bots/money.ts';
import type { Position } from '../../bots/position.ts';
import type { SessionState } from '../../bots/session.ts';
import type { Reason } from '../../bots/strategy.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { PositionRow } from '../../db/models/position.ts';
import { StaleWrite } from '../../db/record-order.ts';
import { botGone } from '../dependencies.ts';
import type { Mind } from './mind.ts';
import type { WatchFacts } from './facts.ts';
import { outlived } from './outlived.ts';

/** That the bot is still watched is written at least this often: a restart knows from when it missed something. */
const SAVE_UNCHANGED_MS = 60_000;

/** Writes what a watching bot must not forget. */
export interface SessionStore {
  /**
   * Fails with `Outlived` where a later watch of the bot has written since, with `StaleWrite` where somebody else has:
   * what was decided is to be decided again from what is written now.
   */
  save(): Promise<void>;
  /** The same where something changed, or too long ago. */
  saveIfDue(): Promise<void>;
}

export function createSessionStore({ deps, view, input }: WatchFacts, mind: Mind): SessionStore {
  const { attempt } = ActivityContext.current().info;
  const fingerprint = () =>
    JSON.stringify([mind.session, mind.position, mind.reasons.map(({ code }) => code)]);
  let saved = '';
  let savedAt = 0;
  let { version } = view;
  let writing = Promise.resolve();
  const write = async () => {
    saved = fingerprint();
    savedAt = deps.now();
    const { session, reasons, price } = mind;
    const position = mind.position === view.position ? null : mind.position;
    const fence = { botId: input.botId, turn: input.turn, attempt, version };
    version = await saveSession(deps.knex, fence, { session, position, reasons, price, at: savedAt });
  };
  // One after the other: two at once would each take the other for a stranger.
  const save = () => (writing = writing.then(write));
  return {
    save,
    async saveIfDue() {
      if (mind.price === null) return;
      if (deps.now() - savedAt > SAVE_UNCHANGED_MS || fingerprint() !== saved) await save();
    },
  };
}

interface SessionRecord {
  session: SessionState;
  /** Set where the decision booked dust. */
  position: Position | null;
  reasons: Reason[];
  price: Amount | null;
  /** Epoch ms. */
  at: number;
}

/** Who writes, and what was read before: one that comes too late finds its row taken, or the bot deleted, and writes nothing. */
interface Fence {
  botId: string;
  turn: number;
  attempt: number;
  version: number;
}

const SAVE = `
  INSERT INTO bot_session_states AS s (bot_id, state, reasons, turn, attempt, version, last_price, observed_at)
  SELECT id, :state::jsonb, :reasons::jsonb, :turn::bigint, :attempt::integer, 1, :price::numeric, :at::timestamptz
  FROM bots WHERE id = :botId
  ON CONFLICT (bot_id) DO UPDATE SET
    state = excluded.state, reasons = excluded.reasons, turn = excluded.turn, attempt = excluded.attempt,
    last_price = coalesce(excluded.last_price, s.last_price), observed_at = excluded.observed_at,
    version = s.version + 1, updated_at = now()
  WHERE (s.turn, s.attempt) <= (excluded.turn, excluded.attempt) AND s.version = :version::bigint
  RETURNING version`;

/** Writes the session and returns its new version. */
async function saveSession(knex: Knex, fence: Fence, record: SessionRecord): Promise<number> {
  return knex.transaction(async (tx) => {
    const { rows } = await tx.raw<{ rows: { version: number }[] }>(SAVE, {
      ...fence,
      state: JSON.stringify(record.session),
      reasons: JSON.stringify(record.reasons),
      price: record.price,
      at: new Date(record.at),
    });
    if (!rows[0]) throw await whyNotSaved(tx, fence);
    if (record.position) await savePosition(tx, fence.botId, record.position);
    return Number(rows[0].version);
  });
}

async function whyNotSaved(tx: Knex, { botId, turn, attempt }: Fence): Promise<Error> {
  const written = await BotSessionState.query(tx).findById(botId);
  if (!written) return botGone();
  if (written.turn > turn || (written.turn === turn && written.attempt > attempt)) return outlived();
  return new StaleWrite(`Bot ${botId} has been written to since it was read`);
}

async function savePosition(tx: Knex, botId: string, { otherFees, ...amounts }: Position): Promise<void> {
  await PositionRow.query(tx)
    .insert({ bot_id: botId, ...amounts, other_fees: otherFees })
    .onConflict('bot_id')
    .merge();
}
