import { InlineKeyboard } from 'grammy';
import { requireBot } from '../../../api/commands/require-bot.ts';
import { botNotFound } from '../../../api/errors.ts';
import type { BotRow } from '../../../db/rows.ts';
import { nameOfBot, NO_SUCH_BOT, STATUS_WORDS } from '../../bot-words.ts';
import { chatCommand, type ChatCommand, type Declaration } from '../../chat-command.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { botsMeant, botsOf, type NumberedBot } from '../../find-bots.ts';
import { isUuid } from '../../is-uuid.ts';
import type { Translated } from '../../languages.ts';
import { pageButtons, pageOf } from '../../page-buttons.ts';

interface BotDeclaration extends Omit<Declaration, 'handler'> {
  /** Does it to a bot of the person's. */
  act(ctx: UserContext, bot: BotRow): Promise<unknown>;
  /** Does it to anybody's bot, by its whole id; for operators. */
  operate?(ctx: UserContext, botId: string): Promise<unknown>;
}

const ON_A_PAGE = 8;

/** A command to one bot: to the one that is named, or by a button to one of those there are. */
export function botCommand(
  { act, operate, ...declared }: BotDeclaration,
  deps: TelegramDependencies,
): ChatCommand {
  const { name, pressed } = declared;
  const list = `${name}_list`;
  return chatCommand({
    ...declared,
    async handler(ctx) {
      const said = ctx.match.trim();
      const bots = await botsOf(ctx, deps);
      const meant = said === '' ? bots : botsMeant(bots, said);
      if (said !== '' && meant.length === 1) return act(ctx, meant[0]!);
      if (meant.length === 0 && isUuid(said) && operate && ctx.user.role !== 'user')
        return operate(ctx, said);
      if (said !== '' && meant.length === 0) return ctx.reply(NO_SUCH_BOT[ctx.language]);
      return showBots(ctx, meant, { name, page: 0 });
    },
    pressed: {
      ...pressed,
      async [name](ctx) {
        if (!isUuid(ctx.match)) throw botNotFound();
        return act(ctx, await requireBot(ctx.match, { ...deps, owner: ctx.user.owner }));
      },
      [list]: async (ctx) => showBots(ctx, await botsOf(ctx, deps), { name, page: pageOf(ctx.match) }),
    },
  });
}

/** As buttons. Where a name is that of several, all of them are on the first page. */
async function showBots(
  ctx: UserContext,
  bots: readonly NumberedBot[],
  { name, page }: { name: string; page: number },
): Promise<unknown> {
  const { which, none } = TEXTS[ctx.language];
  if (bots.length === 0) return ctx.reply(none);
  const first = page * ON_A_PAGE;
  const rows = bots.slice(first, first + ON_A_PAGE).map((bot) => {
    const label = `${bot.number}. ${nameOfBot(bot)} · ${STATUS_WORDS[ctx.language][bot.status]}`;
    return [InlineKeyboard.text(label, `${name}:${bot.id}`)];
  });
  const isLast = first + ON_A_PAGE >= bots.length;
  const keyboard = pageButtons(InlineKeyboard.from(rows), { word: `${name}_list`, page, isLast });
  return ctx.reply(which, { reply_markup: keyboard });
}

/** Says how the bot stands now. */
export async function tellOf(ctx: UserContext, bot: BotRow): Promise<void> {
  const trouble = bot.error === null ? '' : `\n${bot.error}`;
  await ctx.reply(`${nameOfBot(bot)}: ${STATUS_WORDS[ctx.language][bot.status]}${trouble}`);
}

const TEXTS: Translated<{ which: string; none: string }> = {
  en: {
    which: 'Which one?',
    none: 'You have no bots yet.',
  },
  ko: {
    which: '어느 봇인가요?',
    none: '아직 봇이 없습니다.',
  },
};
