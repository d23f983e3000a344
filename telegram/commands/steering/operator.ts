import type { CommandContext } from '../../../api/commands/context.ts';
import { operateBot, type Operation } from '../../../api/commands/operate-bot.ts';
import { EVERYBODY } from '../../../db/bots.ts';
import { commandContext } from '../../command-ids.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { tellOf } from './bot-command.ts';

/** What an operator has done to anybody's bot; its owner is told. */
export async function operateAnybodys(
  ctx: UserContext,
  deps: TelegramDependencies,
  { botId, operation, key }: { botId: string; operation: Operation; key?: string },
): Promise<void> {
  const owner: CommandContext['owner'] = { id: deps.defaultOwnerId, rows: { userId: EVERYBODY } };
  const context = { ...commandContext(ctx, deps, key), owner, by: ctx.user.id };
  await tellOf(ctx, await operateBot(botId, operation, context));
}
