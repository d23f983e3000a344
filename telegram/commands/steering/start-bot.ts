import { commandBot } from '../../../api/commands/command-bot.ts';
import type { ChatCommand } from '../../chat-command.ts';
import { commandContext } from '../../command-ids.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { botCommand, tellOf } from './bot-command.ts';

/** Has a bot trade. */
export function startOneBot(deps: TelegramDependencies): ChatCommand {
  return botCommand(
    {
      name: 'start_bot',
      aliases: ['startbot'],
      description: { en: 'Start a bot: /start_bot NAME', ko: '봇 시작: /start_bot 이름' },
      act: async (ctx, { id }) =>
        tellOf(ctx, await commandBot(id, { name: 'start' }, commandContext(ctx, deps))),
    },
    deps,
  );
}
