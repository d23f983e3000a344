import type { ChatCommand } from '../../chat-command.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { pause } from './pause.ts';
import { resume } from './resume.ts';
import { startOneBot } from './start-bot.ts';
import { stopAll } from './stop-all.ts';
import { stop } from './stop.ts';

/** What commands bots. */
export function steering(deps: TelegramDependencies): ChatCommand[] {
  return [startOneBot, pause, resume, stop, stopAll].map((command) => command(deps));
}
