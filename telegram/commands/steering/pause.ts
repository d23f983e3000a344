import { commandBot } from '../../../api/commands/command-bot.ts';
import type { ChatCommand } from '../../chat-command.ts';
import { commandContext } from '../../command-ids.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { botCommand, tellOf } from './bot-command.ts';
import { operateAnybodys } from './operator.ts';

/** Has a bot open nothing more. */
export function pause(deps: TelegramDependencies): ChatCommand {
  return botCommand(
    {
      name: 'pause',
      description: { en: 'Pause a bot: /pause NAME', ko: '봇 일시정지: /pause 이름' },
      act: async (ctx, { id }) =>
        tellOf(ctx, await commandBot(id, { name: 'pause' }, commandContext(ctx, deps))),
      operate: (ctx, botId) => operateAnybodys(ctx, deps, { botId, operation: 'pause' }),
    },
    deps,
  );
}
