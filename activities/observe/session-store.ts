import { Context as ActivityContext } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Knex } from 'knex';
import type { Amount } from '../../bots/money.ts';
import type { Position } from '../../bots/position.ts';
import type { SessionState } from '../../bots/session.ts';
import type { Reason } from '../../bots/strategy.ts';
import { PositionRow } from '../../db/models/position.ts';
import type { Mind } from './mind.ts';
import type { WatchFacts } from './facts.ts';

/** That the bot is still watched is written at least this often: a restart knows from when it missed something. */
const SAVE_UNCHANGED_MS = 60_000;

/** Writes what a watching bot must not forget. */
export interface SessionStore {
  /** Fails where a later watch of the bot has written since. */
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
  const save = async () => {
    saved = fingerprint();
    savedAt = deps.now();
    const { session, reasons, price } = mind;
    const position = mind.position === view.position ? null : mind.position;
    const fence = { botId: input.botId, turn: input.turn, attempt };
    if (await saveSession(deps.knex, fence, { session, position, reasons, price, at: savedAt })) return;
    throw ApplicationFailure.create({
      message: 'Another watch of this bot has begun since',
      type: 'Outlived',
      category: ApplicationFailureCategory.BENIGN,
    });
  };
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

/** Which watch writes: one that outlived its turn, or an earlier attempt of it, finds its row taken, or the bot deleted, and writes nothing. */
interface Fence {
  botId: string;
  turn: number;
  attempt: number;
}

const SAVE = `
  INSERT INTO bot_session_states AS s (bot_id, state, reasons, turn, attempt, last_price, observed_at)
  SELECT id, :state::jsonb, :reasons::jsonb, :turn::bigint, :attempt::integer, :price::numeric, :at::timestamptz
  FROM bots WHERE id = :botId
  ON CONFLICT (bot_id) DO UPDATE SET
    state = excluded.state, reasons = excluded.reasons, turn = excluded.turn, attempt = excluded.attempt,
    last_price = coalesce(excluded.last_price, s.last_price), observed_at = excluded.observed_at,
    version = s.version + 1, updated_at = now()
  WHERE (s.turn, s.attempt) <= (excluded.turn, excluded.attempt)`;

/** Writes the session; false where a later turn or attempt has written since. */
async function saveSession(
  knex: Knex,
  { botId, turn, attempt }: Fence,
  record: SessionRecord,
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const written = await tx.raw<{ rowCount: number }>(SAVE, {
      botId,
      turn,
      attempt,
      state: JSON.stringify(record.session),
      reasons: JSON.stringify(record.reasons),
      price: record.price,
      at: new Date(record.at),
    });
    if (written.rowCount === 0) return false;
    if (record.position) await savePosition(tx, botId, record.position);
    return true;
  });
}

async function savePosition(tx: Knex, botId: string, { otherFees, ...amounts }: Position): Promise<void> {
  await PositionRow.query(tx)
    .insert({ bot_id: botId, ...amounts, other_fees: otherFees })
    .onConflict('bot_id')
    .merge();
}
