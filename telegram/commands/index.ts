import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { administration } from './admin/index.ts';
import { help } from './help.ts';
import { notify } from './notify.ts';
import { start } from './start.ts';
import { steering } from './steering/index.ts';

/** Everything that can be asked of the bot, in the order of /help. */
export function chatCommands(deps: TelegramDependencies): readonly ChatCommand[] {
  const commands: ChatCommand[] = [start(deps), notify(deps), ...steering(deps), ...administration(deps)];
  return [...commands, help(() => commands)];
}
