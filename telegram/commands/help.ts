import { Composer } from 'grammy';
import { mayAsk, type ChatCommand } from '../chat-command.ts';
import type { ChatContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { keyboardOf } from '../keyboard.ts';
import { linkingHelp } from '../linking-help.ts';

/** What can be asked, by whoever asks. */
export function help(deps: TelegramDependencies, commands: () => readonly ChatCommand[]): ChatCommand {
  const composer = new Composer<ChatContext>();
  const description = { en: 'What can be asked here', ko: '사용 가능한 명령' };
  composer.command('help', async (ctx) => {
    if (!ctx.user) return void (await ctx.reply(linkingHelp(ctx, deps)));
    const open = commands().filter(({ roles }) => mayAsk(ctx, roles));
    const lines = open.map(({ name, description: told }) => `/${name} - ${told[ctx.language]}`);
    await ctx.reply(lines.join('\n'), { reply_markup: keyboardOf(ctx, open) });
  });
  return { name: 'help', description, roles: null, composer };
}
