import { commandBot } from '../../../api/commands/command-bot.ts';
import type { ChatCommand } from '../../chat-command.ts';
import { commandContext } from '../../command-ids.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { botCommand, tellOf } from './bot-command.ts';

/** Has a paused bot go on. */
export function resume(deps: TelegramDependencies): ChatCommand {
  return botCommand(
    {
      name: 'resume',
      description: { en: 'Let a paused bot go on: /resume NAME', ko: '봇 재개: /resume 이름' },
      act: async (ctx, { id }) =>
        tellOf(ctx, await commandBot(id, { name: 'resume' }, commandContext(ctx, deps))),
    },
    deps,
  );
}
