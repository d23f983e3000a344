import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { help } from './help.ts';
import { language } from './language.ts';
import { start } from './start.ts';
import { timezone } from './timezone.ts';
import { unlink } from './unlink.ts';

/** Everything that can be asked of the bot, in the order of /help. */
export function chatCommands(deps: TelegramDependencies): readonly ChatCommand[] {
  const all = () => commands;
  const commands: ChatCommand[] = [
    start(deps, all),
    language(deps, all),
    timezone(deps),
    unlink(deps),
    help(all),
  ];
  return commands;
}
