import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '../../activities/dependencies.ts';
import { Bot } from '../../db/models/bot.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { Order } from '../../db/models/order.ts';
import { OrderIntent } from '../../db/models/order-intent.ts';
import { Trade } from '../../db/models/trade.ts';
import { createRandom, type Random } from '../../exchanges/simulated/prices/random.ts';
import type { BotAddress } from '../../workflows/client.ts';
import type { StatusView } from '../../workflows/messages.ts';
import type { Scope } from '../testing/database.ts';
import type { Stack } from '../testing/stack.ts';
import { inspect, type Findings } from './inspection.ts';
import { startWorker, type WorkerProcess, type WorkerSettings } from './worker-process.ts';
import { between, insist, startCommands, startMarket, venueFaults } from './weather.ts';

/** A worker killed once, at a step; the seed decides all the rest. */
export interface Case {
  step: Step;
  seed: number;
}

export interface Outcome extends Case, Findings {
  /** Until every bot that watches had looked at its market again; null where it did not come to that. */
  recoveredMs: number | null;
}

/** One stack and the worker that is alive on it. */
export interface Lane {
  stack: Stack;
  worker: WorkerProcess;
  /** How the next worker is to be started. */
  settings: WorkerSettings;
}

/** Many lanes share few cores: they ask seldom and wait long. */
const PATIENCE = { everyMs: 200, patienceMs: 120_000 };

/**
 * Bots trade while prices swing, commands come in and the venue misbehaves; the worker is killed at the step and another
 * one started; every bot makes a further round trip. Then all is brought to rest and compared with the venue.
 */
export async function runCase(t: Scope, lane: Lane, { step, seed }: Case): Promise<Outcome> {
  const { stack } = lane;
  const random = createRandom(seed, step);
  const chance = (of: string) => createRandom(seed, `${step} ${of}`);
  const outcome: Outcome = { step, seed, recoveredMs: null, doubled: 0, lost: 0, wrong: [] };
  const bots = await addBots(stack, random);
  stack.exchange.control.movePrice('BTCUSDT', '45500');
  // Commanded about before it runs, a bot would refuse.
  await Promise.all(bots.map((bot) => tell(stack, bot, 'start')));
  // What is to be taken back must rest: prices begin to move when the worker that takes it back is dead.
  let market = step.startsWith('cancel') ? null : startMarket(stack, chance('market'));
  const commands = startCommands(stack, bots.at(-1)!, chance('commands'));
  try {
    for (const fault of venueFaults(step, random)) stack.exchange.control.addFault(fault);
    lane.worker.arm({ step, nth: between(random, 1, 2), signal: 'SIGKILL' });
    await death(lane.worker, step);
    const killedAt = Date.now();
    market ??= startMarket(stack, chance('market'));
    lane.worker = await startWorker(t, stack, lane.settings);
    outcome.recoveredMs = await recovery(stack, bots, killedAt);
    await commands.stop();
    stack.exchange.control.clearFaults();
    await furtherRound(stack, bots);
    await market.stop();
    await Promise.all(bots.map((bot) => atRest(stack, bot)));
    return { ...outcome, ...(await inspect(stack)) };
  } catch (error) {
    const weather = await Promise.allSettled([market?.stop(), commands.stop()]);
    const failed = weather.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    const views = await Promise.all(bots.map((bot) => viewOf(stack, bot)));
    return { ...outcome, wrong: [...[error, ...failed].map(String), ...views] };
  } finally {
    stack.exchange.control.clearFaults();
    await Promise.allSettled([market?.stop(), commands.stop()]);
  }
}

/** How a bot stands, for whoever has to find out why. */
async function viewOf({ temporal, knex }: Stack, { botId }: BotAddress): Promise<string> {
  const handle = temporal.client.workflow.getHandle(`bot/${botId}`);
  const view = await Promise.all([
    handle.query<StatusView>('status'),
    handle.query<unknown>('reasons'),
    BotSessionState.query(knex)
      .findById(botId)
      .select('turn', 'state', 'reasons', 'last_price', 'observed_at'),
    Order.query(knex).where({ bot_id: botId, status: 'OPEN' }),
    OrderIntent.query(knex).where({ bot_id: botId }).orderBy('sequence', 'desc').first(),
    handle.describe().then(({ raw: { pendingActivities } }) => pendingActivities),
  ]).catch(String);
  return `${botId}: ${JSON.stringify(view)}`;
}

/** One left alone, of any sort, and one that is commanded about. */
async function addBots(stack: Stack, random: Random): Promise<BotAddress[]> {
  const plain = { quantity: '0.01', buy_price: '45000.5', sell_price: '46000', infinite_loop: true };
  const sorts = [
    { ...plain, first_order: 'SELL' as const, quantity: '0.02' },
    { ...plain, trailing_percent: '0.3' },
    plain,
  ];
  const alone = sorts[between(random, 0, sorts.length - 1)]!;
  return Promise.all([
    stack.addBot(alone),
    stack.addBot({ ...plain, buy_price: '44900', quantity: '0.013' }),
  ]);
}

async function death(worker: WorkerProcess, step: Step): Promise<void> {
  const abort = new AbortController();
  const late = sleep(PATIENCE.patienceMs, 'late' as const, { signal: abort.signal }).catch(
    () => 'late' as const,
  );
  const ended = await Promise.race([worker.exited, late]);
  abort.abort();
  if (ended === 'late') throw new Error(`The worker never came to ${step}`);
  if (ended.by !== 'SIGKILL') throw new Error(`The worker ended by ${ended.by}: ${ended.said}`);
}

/** Ms from the kill until the last of the watching bots had thought again. */
async function recovery(stack: Stack, bots: BotAddress[], killedAt: number): Promise<number> {
  await stack.until(
    'every bot to watch again',
    async () => {
      const watching = await Bot.query(stack.knex)
        .whereIn(
          'id',
          bots.map(({ botId }) => botId),
        )
        .whereIn('status', ['ACTIVE', 'PAUSED']);
      const seen = await BotSessionState.query(stack.knex)
        .whereIn(
          'bot_id',
          watching.map(({ id }) => id),
        )
        .where('observed_at', '>', new Date(killedAt));
      return seen.length === watching.length;
    },
    PATIENCE,
  );
  return Date.now() - killedAt;
}

/** Each bot buys once more and sells once more. */
export async function furtherRound(stack: Stack, bots: BotAddress[]): Promise<void> {
  const tradesOf = ({ botId }: BotAddress) => Trade.query(stack.knex).where({ bot_id: botId }).resultSize();
  await Promise.all(
    bots.map(async (bot) => {
      const { status, error } = await Bot.query(stack.knex).findById(bot.botId).throwIfNotFound();
      if (status === 'ERROR') throw new Error(`Bot ${bot.botId} is in ERROR: ${error}`);
      if (status === 'STOPPED') await tell(stack, bot, 'start');
      if (status === 'PAUSED') await tell(stack, bot, 'resume');
      const before = await tradesOf(bot);
      await stack.until(
        `a further round trip of ${bot.botId}`,
        async () => (await tradesOf(bot)) >= before + 2,
        PATIENCE,
      );
    }),
  );
}

/** Stopped, with nothing left to take back and nothing left to learn. */
export async function atRest(stack: Stack, { botId, ...address }: BotAddress): Promise<void> {
  const { bots, knex, temporal, until } = stack;
  await insist(bots, { botId, ...address }, { name: 'stop', mode: 'keep', commandId: randomUUID() });
  const handle = temporal.client.workflow.getHandle(`bot/${botId}`);
  await until(
    `bot ${botId} to be at rest`,
    async () => {
      const open = await Order.query(knex).where({ bot_id: botId, status: 'OPEN' }).resultSize();
      const undecided = await OrderIntent.query(knex)
        .where({ bot_id: botId })
        .whereIn('status', ['SENDING', 'UNKNOWN'])
        .resultSize();
      if (open + undecided > 0) return false;
      const { ending, unresolved } = await handle.query<StatusView>('status');
      return ending === null && unresolved.length === 0;
    },
    PATIENCE,
  );
}

function tell({ bots }: Stack, bot: BotAddress, name: 'start' | 'resume') {
  return insist(bots, bot, { name, commandId: randomUUID() });
}
