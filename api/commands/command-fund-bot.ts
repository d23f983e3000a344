import { randomUUID } from 'node:crypto';
import { fundBotState } from '../../bots/fund/bot-state.ts';
import { clearFailures } from '../../db/bot-failures.ts';
import { readFundBot, type FundBot } from '../../db/fund/fund-bot.ts';
import { CommandRefused } from '../../workflows/client.ts';
import type { Dependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

/** What an admin may ask of the fund's bot. */
export type FundAsk = 'start' | 'stop' | 'pause' | 'resume';

/**
 * Asks, waits until it is done, and returns the bot as stored then. Starting one that runs and stopping one that is stopped may be
 * repeated; pausing and resuming are refused where they change nothing. Its position is kept when it stops. `by` is the admin.
 */
export async function commandFundBot(
  name: FundAsk,
  { knex, bots, by }: Pick<Dependencies, 'knex' | 'bots'> & { by: string },
): Promise<FundBot> {
  const bot = await requireFundBot(knex);
  const address = {
    ...{ botId: bot.id, ownerId: bot.user_id ?? '', exchange: bot.exchange },
    ...{ symbol: bot.ticker, strategy: bot.strategy },
  };
  if (name === 'pause' && fundBotState(bot) === 'error') throw new CommandRefused(FAILING);
  const ask = name === 'stop' ? ({ name, mode: 'keep' } as const) : { name };
  const { changed } = await bots.command(address, { ...ask, commandId: randomUUID(), by });
  if (!changed && (name === 'pause' || name === 'resume')) throw new CommandRefused(REPEATED[name]);
  // One that only fails its exchange's calls runs already: who starts it has seen the failures.
  if (name === 'start') await clearFailures(knex, bot.id);
  const commanded = await requireFundBot(knex);
  if (name === 'start' && commanded.status === 'ERROR')
    throw new CommandRefused(`The bot cannot trade: ${commanded.error ?? 'see its log'}`);
  return commanded;
}

const FAILING = 'The bot fails to trade: its exchange does not answer. Stop it, or start it anew';

const REPEATED = {
  pause: 'The bot is paused already: resume it, or stop it',
  resume: 'The bot is running: only a paused bot can be resumed',
};

async function requireFundBot(knex: Dependencies['knex']): Promise<FundBot> {
  const bot = await readFundBot(knex);
  if (bot) return bot;
  throw new ApiError(
    'bot_not_found',
    'No fund has been set up. Set FUND_SYMBOLS, and start the worker again.',
  );
}
