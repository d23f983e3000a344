import { InlineKeyboard } from 'grammy';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import type { BotRow } from '../../db/rows.ts';
import { nameOfBot, NO_SUCH_BOT, STATUS_WORDS } from '../bot-words.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { UserContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { botsMeant, botsOf } from '../find-bots.ts';
import { escaped, moment, plain } from '../format.ts';
import type { Translated } from '../languages.ts';
import { cut } from '../table.ts';

/** Bots that are offered where none is named, and characters of a reason. */
const [MOST_BOTS, MOST_LETTERS] = [30, 250];

/** Why a bot does not trade: its last reasons. */
export function why({ knex }: TelegramDependencies): ChatCommand {
  async function answer(ctx: UserContext, named: string): Promise<unknown> {
    const bots = await botsOf(ctx, { knex });
    const found = named === '' ? bots : botsMeant(bots, named);
    if (found.length === 1) return ctx.reply(await reasonsOf(found[0]!, ctx), { parse_mode: 'HTML' });
    if (named !== '' && found.length === 0) return ctx.reply(NO_SUCH_BOT[ctx.language]);
    const { which, none } = TEXTS[ctx.language];
    const buttons = new InlineKeyboard();
    for (const bot of found.slice(0, MOST_BOTS))
      buttons.text(`${bot.number}. ${nameOfBot(bot)}`, `why:${bot.id}`).row();
    return bots.length === 0 ? ctx.reply(none) : ctx.reply(which, { reply_markup: buttons });
  }

  async function reasonsOf(bot: BotRow, { user, language }: UserContext): Promise<string> {
    const { price, nothing } = TEXTS[language];
    const session = await BotSessionState.query(knex).findById(bot.id);
    const reasons = (session?.reasons ?? []).map(
      ({ at, detail }) => `• ${moment(new Date(at), user.timeZone)} ${escaped(cut(detail, MOST_LETTERS))}`,
    );
    return [
      `<b>${escaped(nameOfBot(bot))}</b> - ${STATUS_WORDS[language][bot.status]}`,
      ...(bot.error === null ? [] : [escaped(cut(bot.error, MOST_LETTERS))]),
      ...(session?.last_price ? [`${price} ${plain(session.last_price)}`] : []),
      ...(reasons.length > 0 ? reasons.slice(0, 10) : [nothing]),
    ].join('\n');
  }

  return chatCommand({
    name: 'why',
    description: { en: 'Why a bot does not trade: /why NAME', ko: '봇이 거래하지 않는 이유: /why 이름' },
    handler: (ctx) => answer(ctx, ctx.match.trim()),
    pressed: { why: (ctx) => answer(ctx, ctx.match) },
  });
}

const TEXTS: Translated<Record<'which' | 'none' | 'price' | 'nothing', string>> = {
  en: {
    ...{ which: 'Which bot?', none: 'You have no bots yet.', price: 'Price seen:' },
    nothing: 'It has given no reason so far.',
  },
  ko: {
    ...{ which: '어떤 봇인가요?', none: '아직 봇이 없습니다.', price: '최근 가격:' },
    nothing: '아직 기록된 이유가 없습니다.',
  },
};
