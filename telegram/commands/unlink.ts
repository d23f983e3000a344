import { InlineKeyboard } from 'grammy';
import { unlinkTelegram } from '../../api/commands/link-telegram.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import type { Translated } from '../languages.ts';

/** Ends the link, once the person has said so twice. */
export function unlink({ knex }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'unlink',
    description: { en: 'Unlink this chat from your account', ko: '계정 연결 해제' },
    async handler(ctx) {
      const { ask, yes, no } = TEXTS[ctx.language];
      const buttons = new InlineKeyboard().text(yes, 'unlink:yes').text(no, 'unlink:no');
      await ctx.reply(ask, { reply_markup: buttons });
    },
    pressed: {
      async unlink(ctx) {
        const { gone, kept } = TEXTS[ctx.language];
        if (ctx.match === 'yes') await unlinkTelegram(ctx.user.id, { knex, address: null });
        await ctx.editMessageText(ctx.match === 'yes' ? gone : kept);
      },
    },
  });
}

const TEXTS: Translated<Record<'ask' | 'yes' | 'no' | 'gone' | 'kept', string>> = {
  en: {
    ...{ ask: 'Unlink this chat? It then answers nothing about your account.', yes: 'Unlink', no: 'Keep' },
    ...{ gone: 'This chat is not linked any more.', kept: 'This chat stays linked.' },
  },
  ko: {
    ...{ ask: '이 채팅의 연결을 해제할까요? 이후 계정 정보를 볼 수 없습니다.', yes: '해제', no: '유지' },
    ...{ gone: '연결이 해제되었습니다.', kept: '연결을 유지합니다.' },
  },
};
