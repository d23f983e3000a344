import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { parametersOf } from '../../db/bot-parameters.ts';
import { accountFor } from '../../db/exchange-keys.ts';
import type { BotRow } from '../../db/rows.ts';
import type { BotChange } from '../../workflows/messages.ts';
import { ApiError } from '../errors.ts';
import { refuse, type Fault } from '../validation.ts';
import { columnsOf, toSnakeCase } from './bot-columns.ts';
import { checkSettings, type BotSettings } from './bot-settings.ts';
import type { CommandContext } from './context.ts';
import { addressOf, requireBot } from './require-bot.ts';

/** What is to be different; everything left out stays. */
export interface SettingsChange {
  ticker?: string;
  exchange?: string;
  /** Read where the bot's strategy is ping-pong. */
  pingPong: Record<string, unknown>;
  /** Read where it is another. */
  parameters: Record<string, unknown>;
  protections?: Record<string, unknown>;
}

/** Changes the bot through its workflow, so that a running one takes it at once. Without a difference nothing happens. */
export async function changeBot(
  botId: string,
  change: SettingsChange,
  context: CommandContext,
): Promise<BotRow> {
  const bot = await requireBot(botId, context);
  const before = settingsOf(bot);
  const { settings: after, faults } = checkSettings(merge(before, change), context.settings.tradeAmount);
  refuse(faults.filter((fault) => concerns(fault, change)));
  const difference = differenceOf(before, after);
  if (Object.keys(difference).length === 0) return bot;
  refuseWhileRunning(bot, difference);
  if (difference.exchange !== undefined) {
    // The bot's owner's, also where somebody acts for everybody.
    const userId = bot.user_id ?? context.owner.id;
    const { exchange } = difference;
    difference.exchange_account_id = await accountFor(context.knex, { userId, exchange });
  }
  const asked = { commandId: randomUUID(), by: context.owner.id };
  const command = { name: 'configure', ...asked, change: difference } as const;
  await context.bots.command(addressOf(bot, context), command);
  return requireBot(botId, context);
}

function settingsOf(bot: BotRow): BotSettings {
  const { strategy, ticker, exchange, protections } = bot;
  return {
    strategy,
    ticker,
    exchange,
    protections,
    parameters: parametersOf(bot) as Record<string, unknown>,
  };
}

function merge(before: BotSettings, { pingPong, parameters, ...change }: SettingsChange): BotSettings {
  const changed = before.strategy === 'ping-pong' ? pingPong : parameters;
  return { ...before, ...change, parameters: { ...before.parameters, ...changed } };
}

/** A stored value that a newer limit forbids is no fault of this request; a conflict of prices is told on `sell_price`. */
function concerns(fault: Fault, change: SettingsChange): boolean {
  if (!('field' in fault)) return true;
  const sent = new Set([...Object.keys(change), ...Object.keys(change.pingPong).map(toSnakeCase)]);
  const { field } = fault.field;
  return sent.has(field) || field === 'sell_price' || field.startsWith('parameters.');
}

/** The columns that are to be written. */
function differenceOf(before: BotSettings, after: BotSettings): BotChange {
  const [old, wanted] = [rowOf(before), rowOf(after)];
  const changed = Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(value, old[name]));
  return Object.fromEntries(changed);
}

function rowOf({
  strategy,
  ticker,
  exchange,
  parameters,
  protections,
}: BotSettings): Record<string, unknown> {
  return { ticker, exchange, protections, ...columnsOf(strategy, parameters) };
}

/** What a position or a resting order depends on cannot change under it. */
function refuseWhileRunning(bot: BotRow, difference: BotChange): void {
  if (bot.status !== 'ACTIVE' && bot.status !== 'PAUSED') return;
  const fixed = ['ticker', 'exchange', 'first_order'].filter((field) => field in difference);
  if (fixed.length === 0) return;
  const message = (fields: string[]) => `Stop the bot before changing ${fields.join(', ')}`;
  const fields = fixed.map((field) => ({ field, message: message([field]) }));
  throw new ApiError('bot_is_running', message(fixed), { fields });
}
