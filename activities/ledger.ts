import type { Knex } from 'knex';
import { ConstraintViolationError, DataError } from 'objection';
import { InvalidBot, readBot as readSettings } from '../bots/bot.ts';
import type { BotStatus } from '../bots/lifecycle.ts';
import { FLAT } from '../bots/position.ts';
import { startSession, type SessionState } from '../bots/session.ts';
import { recordAudit, type AuditEntry } from '../db/audit.ts';
import { recordCommand } from '../db/commands.ts';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { Event } from '../db/models/event.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { PositionRow } from '../db/models/position.ts';
import { parametersOf } from '../db/bot-parameters.ts';
import { ExchangeError } from '../exchanges/port.ts';
import type { BotChange, VenueFailure } from '../workflows/messages.ts';
import { botGone, readBot, type Dependencies } from './dependencies.ts';
import { venueFailure } from './failures.ts';
import { toPosition } from './bot-view.ts';
import { leaveMarket, refused, refuseWhereBound, refuseWhereOut } from './market-change.ts';
import { intentOrTombstone } from './tombstone.ts';
import type {
  BotRecord,
  CarriedOut,
  ConfigureInput,
  LedgerActivities,
  StatusChange,
  StatusTold,
} from './types.ts';

/** A start waits this long for a venue's list of markets; a venue that is away is the trading loop's business. */
const PREFLIGHT_MS = 1_000;

/** Quick reads and writes of the bot's own rows. */
export function createLedger(deps: Dependencies): LedgerActivities {
  const { knex } = deps;
  return {
    load: ({ botId }) => loadRecord(knex, botId),
    async entomb({ botId, clientOrderId }) {
      const { status } = await intentOrTombstone(knex, botId, clientOrderId);
      return status === 'ABSENT' ? 'absent' : 'unknown';
    },
    setStatus: (change) => setStatus(knex, change),
    async start(change) {
      const failure = await preflight(deps, change.botId);
      if (failure) return { failure, stands: false, version: change.version };
      return { failure, ...(await setStatus(knex, change)) };
    },
    async configure(input) {
      await knex.transaction((tx) => configure(tx, input)).catch(refuseContradiction);
      return loadRecord(knex, input.botId);
    },
    erase: (input) => knex.transaction((tx) => erase(tx, input)),
  };
}

async function configure(tx: Knex, { botId, commandId, by, change }: ConfigureInput): Promise<void> {
  const bot = await Bot.query(tx).findById(botId).forUpdate();
  if (!bot) throw botGone();
  if (!(await recordCommand(tx, botId, commandId))) return;
  await refuseWhereBound(tx, bot, change);
  const changed = await Bot.query(tx)
    .findById(botId)
    .where((row) => differing(change).forEach((test) => void row.orWhereRaw(...test)))
    .patch({ ...change, updated_at: new Date() });
  if (changed === 0) return;
  await leaveMarket(tx, bot, change);
  const { ticker, exchange } = change;
  const symbol = ticker ?? bot.ticker;
  await writeLog(tx, bot, 'INFO', `Bot updated for ${symbol} on ${exchange ?? bot.exchange}`);
  await writeEvent(tx, bot, 'bot.updated', {});
  const before = Object.fromEntries(
    Object.keys(change).map((column) => [column, bot[column as keyof BotChange]]),
  );
  await recordAudit(tx, entryOf(bot, by, { action: 'bot.configure', details: { before, after: change } }));
}

/** Two changes, each right for the row that its sender read, may be wrong together: no repeat makes that one right. */
function refuseContradiction(error: unknown): never {
  if (!(error instanceof ConstraintViolationError || error instanceof DataError)) throw error;
  throw refused(
    'The bot has been changed meanwhile, and this does not go with it. Read the bot, then change it.',
  );
}

async function erase(tx: Knex, { botId, by }: { botId: string; by?: string | undefined }): Promise<void> {
  const bot = await Bot.query(tx).findById(botId).forUpdate();
  if (!bot) return;
  await refuseWhereOut(tx, botId);
  await Bot.query(tx).deleteById(botId);
  await ActivityLog.query(tx).insert({
    bot_id: null,
    user_id: bot.user_id,
    level: 'WARNING',
    message: `Bot deleted for ${bot.ticker} on ${bot.exchange}`,
  });
  await writeEvent(tx, bot, 'bot.deleted', {});
  await recordAudit(tx, entryOf(bot, by, { action: 'bot.delete' }));
}

/** A condition on a row for each column of a change: true where it would really change. */
function differing(change: BotChange): [string, [string, string | boolean | null]][] {
  return Object.entries(change).map(([column, value]) => [
    '?? IS DISTINCT FROM ?',
    [column, value !== null && typeof value === 'object' ? JSON.stringify(value) : value],
  ]);
}

async function loadRecord(knex: Knex, botId: string): Promise<BotRecord> {
  const bot = await Bot.query(knex).findById(botId);
  if (!bot) throw botGone();
  const [session, position, intents] = await Promise.all([
    BotSessionState.query(knex).findById(botId),
    PositionRow.query(knex).findById(botId),
    OrderIntent.query(knex).where({ bot_id: botId }).whereIn('status', ['SENDING', 'UNKNOWN']),
  ]);
  const highest = await OrderIntent.query(knex).where({ bot_id: botId }).max('sequence as sequence').first();
  return {
    status: bot.status,
    exchange: bot.exchange,
    symbol: bot.ticker,
    strategy: bot.strategy,
    sequence: highest?.sequence ?? 0,
    turn: session?.turn ?? 0,
    statusVersion: bot.status_version,
    unresolved: intents.map((intent) => intent.client_order_id),
    position: position ? toPosition(position) : FLAT,
  };
}

/** What would make every trade of the bot fail: wrong settings, no account, keys that do not open, an unknown market. */
async function preflight(deps: Dependencies, botId: string): Promise<VenueFailure | null> {
  try {
    const { bot, account } = await readBot(deps, botId);
    readSettings({ strategy: bot.strategy, parameters: parametersOf(bot), protections: bot.protections });
    const exchange = await deps.openAccount(account);
    const late = new Promise<null>((resolve) => {
      setTimeout(() => resolve(null), PREFLIGHT_MS).unref();
    });
    await Promise.race([exchange.market(bot.ticker), late]);
    return null;
  } catch (error) {
    if (error instanceof InvalidBot) return { code: error.code, final: true, message: error.message };
    if (error instanceof ExchangeError) return error.final ? venueFailure(error) : null;
    throw error;
  }
}

async function setStatus(
  knex: Knex,
  { botId, version, commandId, carriedOut, status, finishing, log, error }: StatusChange,
): Promise<StatusTold> {
  return knex.transaction(async (tx) => {
    // Waits for every transaction that commits an intent under the status from before: the answer is a fence.
    const bot = await Bot.query(tx).findById(botId).forUpdate();
    if (!bot) throw botGone();
    const isSame = bot.status === status && bot.finishing === finishing && bot.error === error;
    if (bot.status_version > version || (bot.status_version === version && !isSame))
      return { stands: false, version: bot.status_version };
    const isNews = commandId === null || (await recordCommand(tx, botId, commandId));
    const begins = status === 'ACTIVE' && isAtRest(bot.status);
    const change = { status, finishing, error, status_version: version, ...(begins && { failures: 0 }) };
    await Bot.query(tx)
      .findById(botId)
      .patch({ ...change, updated_at: new Date() });
    if (!isSame) {
      if (begins) await beginSession(tx, bot);
      if (log && isNews) await writeLog(tx, bot, log.level, log.message);
      await writeEvent(tx, bot, 'bot.status', { status, finishing, error, was: bot.status });
    }
    if (carriedOut && isNews) await recordAudit(tx, entryOfCommand(bot, carriedOut));
    return { stands: true, version };
  });
}

function entryOfCommand(bot: Bot, { name, by, mode }: CarriedOut): AuditEntry {
  return entryOf(bot, by, { action: `bot.${name}`, details: mode === null ? {} : { mode } });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A signal from the Temporal UI may name anybody, or nothing like a user. */
function entryOf(
  { id }: Bot,
  by: string | null | undefined,
  what: Pick<AuditEntry, 'action' | 'details'>,
): AuditEntry {
  return { subject: `bot/${id}`, userId: by && UUID.test(by) ? by : null, address: null, ...what };
}

function isAtRest(status: BotStatus): boolean {
  return status === 'STOPPED' || status === 'ERROR';
}

/** The most the column holds: no attempt of the turn that wrote last may write any more, the next turn may. */
const EVERY_ATTEMPT = 2_147_483_647;

/** A start goes on where the last session ended, with what ended it cleared. What watched that one is fenced off. */
async function beginSession(tx: Knex, bot: Bot): Promise<void> {
  const settings = readSettings({
    strategy: bot.strategy,
    parameters: parametersOf(bot),
    protections: bot.protections,
  });
  const last = await BotSessionState.query(tx).findById(bot.id).forUpdate();
  const state = startSession(settings, (last?.state ?? null) as SessionState | null);
  const begun = { state, reasons: [], observed_at: null, attempt: EVERY_ATTEMPT, updated_at: new Date() };
  if (last) await last.$query(tx).patch({ ...begun, version: last.version + 1 });
  else await BotSessionState.query(tx).insert({ bot_id: bot.id, state, reasons: [] });
}

async function writeLog(
  tx: Knex,
  bot: Bot,
  level: 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR',
  message: string,
): Promise<void> {
  await ActivityLog.query(tx).insert({
    bot_id: bot.id,
    user_id: bot.user_id,
    level,
    message: message.slice(0, 500),
  });
}

async function writeEvent(tx: Knex, bot: Bot, type: string, payload: Record<string, unknown>): Promise<void> {
  await Event.query(tx).insert({ bot_id: bot.id, user_id: bot.user_id, type, payload });
}
