import type { Filter } from 'grammy';
import { requireAdminWithFactor, type WithCode } from '../api/commands/decide-with-code.ts';
import { findAwaiting, forgetAsk, keepAsk } from '../db/telegram-asks.ts';
import { ApiError } from '../api/errors.ts';
import { Unavailable } from '../workflows/client.ts';
import { commandIds } from './command-ids.ts';
import type { UserContext } from './context.ts';
import type { TelegramDependencies } from './dependencies.ts';
import type { Translated } from './languages.ts';

type Written = Filter<UserContext, 'message'>;

const GOOD_FOR_MS = 2 * 60_000;
/** Six digits of an authenticator, or a recovery code, as people type them. */
const ANY_CODE = /^\s*(\d{3}[\s-]?\d{3}|([a-z2-7]{4}[\s-]?){4})\s*$/i;

/** Asks for a code; the next message of an admin that may be one is taken for it. Refuses whom no code could be asked of. */
export async function askForCode(
  ctx: UserContext,
  { knex, identity }: TelegramDependencies,
  { what, text }: { what: object; text: string },
): Promise<void> {
  await requireAdminWithFactor({ knex, caller: { userId: ctx.user.id } });
  const asked = { telegramId: ctx.from!.id, userId: ctx.user.id, awaits: 'code' } as const;
  await keepAsk(knex, { ...asked, what, now: identity.now(), goodFor: GOOD_FOR_MS });
  await ctx.reply(`${text}\n\n${TEXTS[ctx.language]}`);
}

/** What waits for the code that a message may be, carried out by `decide`; false where nothing waits or it is none. */
export async function answeredWithCode<T extends object>(
  ctx: Written,
  deps: TelegramDependencies,
  decide: (what: T, code: string, key: string) => Promise<unknown>,
): Promise<boolean> {
  const { text = '' } = ctx.message;
  const asked = { telegramId: ctx.from.id, userId: ctx.user.id, awaits: 'code' } as const;
  if (!mayBeCode(text)) return false;
  const waiting = await findAwaiting<T>(deps.knex, asked, deps.identity.now());
  if (!waiting) return false;
  await hideCode(ctx, deps);
  try {
    await decide(waiting.what, text, `telegram-ask/${waiting.id}`);
  } catch (error) {
    if (mayTryAgain(error)) throw error;
    await forgetAsk(deps.knex, waiting.id);
    throw error;
  }
  await forgetAsk(deps.knex, waiting.id);
  return true;
}

export function mayBeCode(text: string): boolean {
  return ANY_CODE.test(text);
}

/** Takes a message that shows a code out of the chat; where that fails it stays, used up. */
async function hideCode(ctx: Written, { log }: TelegramDependencies): Promise<void> {
  await ctx.deleteMessage().catch(() => log.warn('a message with a code could not be deleted'));
}

/** A wrong code may be put right, and what could not be reached asked again: by the same command. */
function mayTryAgain(error: unknown): boolean {
  return error instanceof Unavailable || (error instanceof ApiError && error.code === 'invalid_code');
}

/** What acts with a code work with. The audit log tells from which chat they came. */
export function codeContext(
  ctx: UserContext,
  { knex, identity, log, settings, withdrawals }: TelegramDependencies,
  key: string,
): WithCode & Pick<TelegramDependencies, 'settings' | 'withdrawals'> & { commandIdFor(id: string): string } {
  return {
    ...{ knex, identity, log, settings, withdrawals },
    ...{ caller: { userId: ctx.user.id }, address: `telegram/${ctx.from!.id}` },
    signal: AbortSignal.timeout(GOOD_FOR_MS),
    commandIdFor: commandIds(key),
  };
}

const TEXTS: Translated<string> = {
  en: 'Send the code of your authenticator within 2 minutes. Your message is deleted then.',
  ko: '2분 안에 인증 앱의 코드를 보내세요. 보낸 메시지는 삭제됩니다.',
};
