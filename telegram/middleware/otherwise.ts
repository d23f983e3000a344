import { Composer } from 'grammy';
import type { ChatContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import type { Translated } from '../languages.ts';
import { linkingHelp } from '../linking-help.ts';

/** What is said to what no command has answered: help with linking to whoever is not linked, where to find help to others. */
export function otherwise(deps: Pick<TelegramDependencies, 'settings'>): Composer<ChatContext> {
  const composer = new Composer<ChatContext>();
  composer.on('message', async (ctx) => {
    await ctx.reply(ctx.user ? TEXTS[ctx.language].unknown : linkingHelp(ctx, deps));
  });
  composer.on('callback_query', (ctx) =>
    ctx.answerCallbackQuery({ text: ctx.user ? TEXTS[ctx.language].stale : linkingHelp(ctx, deps) }),
  );
  return composer;
}

const TEXTS: Translated<{ unknown: string; stale: string }> = {
  en: {
    unknown: 'I do not know that. /help lists what can be asked.',
    stale: 'This button is out of date. Ask again.',
  },
  ko: {
    unknown: '알 수 없는 명령입니다. /help 로 명령을 확인하세요.',
    stale: '오래된 버튼입니다. 다시 요청하세요.',
  },
};
