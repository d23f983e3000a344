import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Knex } from 'knex';
import { OPEN_WITHDRAWALS } from '../bots/fund/withdrawal-status.ts';
import { deleteOldCommands } from '../db/commands.ts';
import { deleteOldEvents } from '../db/event-stream.ts';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { Event } from '../db/models/event.ts';
import { deleteOldNotifications } from '../db/notifications.ts';
import { writeDigests } from '../db/digests.ts';
import { deleteOldLogs } from '../db/logs.ts';
import { deleteOldDevices } from '../db/known-devices.ts';
import { deleteOldAttempts } from '../db/login-attempts.ts';
import { deleteOldTransactions } from '../db/oauth-transactions.ts';
import { deleteOldSessions } from '../db/sessions.ts';
import { deleteOldTickets } from '../db/socket-tickets.ts';
import { BOT_WORKFLOW, botWorkflowId } from '../workflows/messages.ts';

/** What is looked after on a schedule, for all bots together. */
export interface UpkeepActivities {
  /** Bots said to trade whose run has ended become ERROR and say so; nothing starts them again. Returns how many. */
  markDeadRuns(): Promise<number>;
  /** Begins the workflow of every withdrawal that is not over and has none. Returns how many there are. */
  startWithdrawals(): Promise<number>;
  /** Writes the digests that are due, a user's once a day. Returns how many. */
  digestDay(): Promise<number>;
  /**
   * Deletes activity logs past their time, with their events, and what nobody asks for any more: ids of commands, sessions that are long over,
   * devices, failed and unfinished sign-ins, tickets, events, notifications; returns how many logs.
   */
  prune(): Promise<number>;
}

export interface UpkeepDependencies {
  knex: Knex;
  client: Client;
  /** Begins a withdrawal's workflow, once however often it is called. */
  startWithdrawal(id: string): Promise<void>;
  /** Null: logs are kept for ever. */
  logRetentionDays: number | null;
  /** The fund's. */
  currency: string;
}

/** Longer than any sender, and any attempt of an activity, goes on asking. */
const COMMAND_DAYS = 30;
/** A session that ran out so long ago explains nothing any more. */
const SESSION_DAYS = 30;
/** Who comes back after that reads everything anew. */
const EVENT_DAYS = 30;
/** Far longer than a lock-out. */
const ATTEMPT_DAYS = 1;
/** Longer than anybody asks why they were not told. */
const NOTIFICATION_DAYS = 30;
/** A run this young may not be listed yet. */
const SETTLED_MS = 60_000;

const DEAD_RUN =
  'its run has ended outside the bot (terminated or failed). Check its orders on the exchange, then start it again';

export function createUpkeep({
  knex,
  client,
  startWithdrawal,
  logRetentionDays,
  currency,
}: UpkeepDependencies): UpkeepActivities {
  return {
    async markDeadRuns() {
      const trading = await Bot.query(knex)
        .whereIn('status', ['ACTIVE', 'PAUSED'])
        .where('updated_at', '<', new Date(Date.now() - SETTLED_MS));
      if (trading.length === 0) return 0;
      const running = await runningBots(client);
      const dead = [];
      for (const bot of trading)
        if (!running.has(botWorkflowId(bot.id)) && (await hasEnded(client, bot.id))) dead.push(bot);
      for (const bot of dead) await markDead(knex, bot);
      return dead.length;
    },
    async startWithdrawals() {
      const settled = new Date(Date.now() - SETTLED_MS);
      const ids = await knex('withdrawal_requests')
        .whereIn('status', OPEN_WITHDRAWALS)
        .where('created_at', '<', settled)
        .orderBy('created_at')
        .pluck<string[]>('id');
      for (const id of ids) await startWithdrawal(id);
      return ids.length;
    },
    digestDay: () => writeDigests(knex, { now: new Date(), currency }),
    async prune() {
      const deletions = [
        logRetentionDays === null ? Promise.resolve(0) : deleteOldLogs(knex, logRetentionDays),
        deleteOldCommands(knex, COMMAND_DAYS),
        deleteOldSessions(knex, SESSION_DAYS),
        deleteOldDevices(knex),
        deleteOldAttempts(knex, ATTEMPT_DAYS),
        deleteOldTransactions(knex),
        deleteOldTickets(knex),
        deleteOldEvents(knex, EVENT_DAYS),
        deleteOldNotifications(knex, NOTIFICATION_DAYS),
      ] as const;
      // One that fails keeps none of the others from being done; for its sake the activity is tried again.
      await Promise.allSettled(deletions);
      const [logs] = await Promise.all(deletions);
      return logs;
    },
  };
}

async function runningBots(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  const query = `WorkflowType = '${BOT_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  for await (const execution of client.workflow.list({ query })) ids.add(execution.workflowId);
  return ids;
}

/** The list of runs lags behind; the run itself does not. */
async function hasEnded(client: Client, botId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(botWorkflowId(botId)).describe();
    return status.name !== 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}

async function markDead(knex: Knex, bot: Bot): Promise<void> {
  await knex.transaction(async (tx) => {
    const marked = await Bot.query(tx)
      .findById(bot.id)
      // What a run begun meanwhile has told stands.
      .where({ status_version: bot.status_version })
      .patch({
        status: 'ERROR',
        error: DEAD_RUN,
        status_version: bot.status_version + 1,
        updated_at: new Date(),
      });
    if (marked === 0) return;
    const { id: bot_id, user_id, status: was, finishing } = bot;
    const payload = { status: 'ERROR', finishing, error: DEAD_RUN, was };
    await Event.query(tx).insert({ bot_id, user_id, type: 'bot.status', payload });
    await ActivityLog.query(tx).insert({
      bot_id: bot.id,
      user_id: bot.user_id,
      level: 'ERROR',
      message: `${bot.ticker} on ${bot.exchange}: ${DEAD_RUN}`,
    });
  });
}
