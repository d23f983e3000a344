import { Composer } from 'grammy';
import { claimTelegram } from '../../api/commands/link-telegram.ts';
import { ApiError } from '../../api/errors.ts';
import { keyboardOf } from '../keyboard.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { ChatContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import type { Translated } from '../languages.ts';
import { linkingHelp } from '../linking-help.ts';

/** As it is shown where it is asked for; without its dashes only after /start, lest a word be taken for one. */
const CODE = /^\s*[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\s*$/i;

/** The beginning of a chat, and of a link: `/start CODE`, or the code alone. */
export function start(deps: TelegramDependencies, commands: () => readonly ChatCommand[]): ChatCommand {
  const composer = new Composer<ChatContext>();
  const description = { en: 'Begin, or link this chat: /start CODE', ko: '시작 또는 채팅 연결: /start CODE' };
  composer.command('start', async (ctx) => {
    if (ctx.match !== '') return claim(ctx, ctx.match, deps);
    if (!ctx.user) return void (await ctx.reply(linkingHelp(ctx, deps)));
    await ctx.reply(TEXTS[ctx.language].linked, { reply_markup: keyboardOf(ctx, commands()) });
  });
  composer.hears(CODE, (ctx) => claim(ctx, ctx.message?.text ?? '', deps));
  return { name: 'start', description, roles: null, composer };
}

async function claim(ctx: ChatContext, code: string, deps: TelegramDependencies): Promise<void> {
  const { id, first_name, last_name } = ctx.from!;
  const person = { id, name: [first_name, last_name].filter(Boolean).join(' ') };
  const { already, claimed, wrong, locked } = TEXTS[ctx.language];
  // A code that somebody else had them send would make them that one's.
  if (ctx.user && ctx.user.id !== deps.defaultOwnerId) return void (await ctx.reply(already));
  try {
    const isRight = await claimTelegram({ code, person }, { ...deps, address: null });
    await ctx.reply(isRight ? claimed(id) : wrong);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'locked_out') throw error;
    await ctx.reply(locked(Math.ceil((error.retryAfterSeconds ?? 0) / 60)));
  }
}

interface Texts {
  linked: string;
  already: string;
  claimed(id: number): string;
  wrong: string;
  locked(minutes: number): string;
}

const TEXTS: Translated<Texts> = {
  en: {
    linked: 'This chat is linked. /help says what can be asked.',
    already: 'This chat is linked already. If you asked for this code yourself: /unlink, then send it again.',
    claimed: (id) =>
      `The code is right. Now confirm, where you are signed in, that it was you: your number here is ${id}.`,
    wrong:
      'This code is not good, or not any more. Ask for a new one where you are signed in, and send it here.',
    locked: (minutes) => `Too many wrong codes. Try again in ${minutes} min.`,
  },
  ko: {
    linked: '이 채팅은 연결되어 있습니다. /help 로 명령을 확인하세요.',
    already: '이미 연결된 채팅입니다. 직접 요청한 코드라면 /unlink 후 다시 보내세요.',
    claimed: (id) =>
      `코드가 맞습니다. 이제 로그인한 곳에서 본인임을 확인하세요. 텔레그램 번호는 ${id} 입니다.`,
    wrong: '코드가 올바르지 않거나 만료되었습니다. 로그인한 곳에서 새 코드를 받아 여기로 보내세요.',
    locked: (minutes) => `잘못된 코드가 너무 많습니다. ${minutes}분 후에 다시 시도하세요.`,
  },
};
