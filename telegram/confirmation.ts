import { InlineKeyboard } from 'grammy';
import { isUuid } from './is-uuid.ts';
import { keepAsk, takePressed } from '../db/telegram-asks.ts';
import type { UserContext } from './context.ts';
import type { TelegramDependencies } from './dependencies.ts';
import type { Translated } from './languages.ts';

const GOOD_FOR_MS = 60_000;

type Known = Pick<TelegramDependencies, 'knex' | 'identity'>;

/** Sends `text` with a button that confirms `what`: for a minute, once, and by whom it was asked alone. Its data begins with `word`. */
export async function askToConfirm(
  ctx: UserContext,
  { knex, identity }: Known,
  { word, what, text }: { word: string; what: object; text: string },
): Promise<void> {
  const asked = { telegramId: ctx.from!.id, userId: ctx.user.id };
  const now = identity.now();
  const id = await keepAsk(knex, { ...asked, what, now, awaits: 'press', goodFor: GOOD_FOR_MS });
  const button = new InlineKeyboard().text(TEXTS[ctx.language].confirm, `${word}:${id}`);
  await ctx.reply(`${text}\n\n${TEXTS[ctx.language].within}`, { reply_markup: button });
}

/** What the button that was pressed confirms, and a key for its commands; null, having told the person, where it confirms nothing. */
export async function confirmed<T extends object>(
  ctx: UserContext & { match: string },
  { knex, identity }: Known,
): Promise<{ what: T; key: string } | null> {
  const id = ctx.match;
  const pressed = { id, telegramId: ctx.from!.id, userId: ctx.user.id, update: ctx.update.update_id };
  const what = isUuid(id) ? await takePressed<T>(knex, pressed, identity.now()) : null;
  if (what) return { what, key: `telegram-ask/${id}` };
  await ctx.reply(TEXTS[ctx.language].over);
  return null;
}

const TEXTS: Translated<{ confirm: string; within: string; over: string }> = {
  en: {
    confirm: '✅ Confirm',
    within: 'Confirm within a minute; otherwise nothing happens.',
    over: 'This button confirms nothing any more: it was pressed already, or is too old. Send the command again.',
  },
  ko: {
    confirm: '✅ 확인',
    within: '1분 안에 확인하세요. 확인하지 않으면 아무 일도 일어나지 않습니다.',
    over: '이 버튼은 더 이상 유효하지 않습니다. 이미 눌렀거나 시간이 지났습니다. 명령을 다시 보내세요.',
  },
};
