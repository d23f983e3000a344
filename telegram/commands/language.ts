import { InlineKeyboard } from 'grammy';
import { changePreferences } from '../../db/preferences.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { UserContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { keyboardOf } from '../keyboard.ts';
import { LANGUAGES, type Language, type Translated } from '../languages.ts';

/** In which language the person is spoken to. */
export function language(
  { knex }: TelegramDependencies,
  commands: () => readonly ChatCommand[],
): ChatCommand {
  async function choose(ctx: UserContext, chosen: string): Promise<unknown> {
    const known = LANGUAGES.find((each) => each === chosen.trim().toLowerCase());
    if (!known) {
      const buttons = new InlineKeyboard();
      for (const each of LANGUAGES) buttons.text(NAMES[each], `language:${each}`);
      return ctx.reply(TEXTS[ctx.language].ask, { reply_markup: buttons });
    }
    await changePreferences(knex, ctx.user.id, { language: known });
    ctx.language = known;
    return ctx.reply(TEXTS[known].changed, { reply_markup: keyboardOf(ctx, commands()) });
  }
  return chatCommand({
    name: 'language',
    description: { en: 'English or Korean', ko: '언어 변경' },
    handler: (ctx) => choose(ctx, ctx.match),
    pressed: { language: (ctx) => choose(ctx, ctx.match) },
  });
}

const NAMES: Record<Language, string> = { en: 'English', ko: '한국어' };

const TEXTS: Translated<{ ask: string; changed: string }> = {
  en: { ask: 'Which language?', changed: 'This chat is in English now.' },
  ko: { ask: '어떤 언어를 사용할까요?', changed: '이제 한국어로 안내합니다.' },
};
