import { randomUUID } from 'node:crypto';
import { listBots } from '../../db/bots.ts';
import { insertLog } from '../../db/logs.ts';
import type { BotRow } from '../../db/rows.ts';
import { Unavailable } from '../../workflows/client.ts';
import type { CommandContext } from './context.ts';
import { addressOf } from './require-bot.ts';

const AT_ONCE = 16;
const MOST = 10_000;

/** Stops every bot that runs, positions kept, and returns how many that changed. One that fails does not hold up the rest. */
export async function stopAllBots(context: CommandContext): Promise<number> {
  const { knex, owner } = context;
  const running = await Promise.all(
    (['ACTIVE', 'PAUSED'] as const).map((status) =>
      listBots(knex, { ...owner.rows, status, skip: 0, limit: MOST }),
    ),
  );
  const changes = await eachOf(running.flat(), (bot) => stop(bot, context));
  const stopped = changes.filter(Boolean).length;
  if (stopped > 0) {
    await insertLog(knex, {
      bot_id: null,
      user_id: owner.id,
      level: 'WARNING',
      message: `Stopped ${stopped} bots`,
    });
  }
  return stopped;
}

/** Whether that changed it. Throws only where no bot can be reached, so that nobody waits for each in turn. */
async function stop(bot: BotRow, context: CommandContext): Promise<boolean> {
  try {
    const commandId = context.commandIdFor?.(bot.id) ?? randomUUID();
    const command = { name: 'stop', mode: 'keep', commandId, by: context.owner.id } as const;
    return (await context.bots.command(addressOf(bot, context), command)).changed;
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    context.log.error({ err: error, bot_id: bot.id }, 'The bot was left out of stop-all');
    return false;
  }
}

async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = items.values();
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    for (const item of rest) results.push(await work(item));
  });
  await Promise.all(lanes);
  return results;
}
