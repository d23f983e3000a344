import type { Filter } from 'grammy';
import { decideWithCode } from '../../../api/commands/decide-with-code.ts';
import { reviewWithdrawal, type ReviewedWithdrawal } from '../../../db/fund/withdrawal-lists.ts';
import { findAwaiting, keepAsk } from '../../../db/telegram-asks.ts';
import { ApiError } from '../../../api/errors.ts';
import { askForCode, codeContext, mayBeCode } from '../../admin-code.ts';
import { chatCommand, type ChatCommand } from '../../chat-command.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { isUuid } from '../../is-uuid.ts';
import type { Translated } from '../../languages.ts';
import { reasonOf } from './reason.ts';
import { showWithdrawal } from './show-withdrawal.ts';

export interface Rejection {
  name: 'reject';
  withdrawalId: string;
  reason: string;
}

/** What waits for its reason. */
type Unreasoned = Pick<Rejection, 'withdrawalId'>;

const GOOD_FOR_MS = 5 * 60_000;

/** Refuses a withdrawal, with a reason that its holder is told, and a code in a message of its own. */
export function reject(deps: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'reject',
    for: 'admin',
    description: { en: 'Refuse a withdrawal: /reject ID REASON', ko: '출금 거절: /reject ID 사유' },
    async handler(ctx) {
      const [id = '', ...words] = ctx.match.trim().split(/\s+/);
      const reason = reasonOf(words.join(' '));
      if (!isUuid(id) || reason === '') return ctx.reply(TEXTS[ctx.language].how);
      return showAndAsk(ctx, deps, { name: 'reject', withdrawalId: id.toLowerCase(), reason });
    },
    pressed: { reject: (ctx) => askForReason(ctx, deps, ctx.match) },
  });
}

async function askForReason(ctx: UserContext, deps: TelegramDependencies, id: string): Promise<void> {
  const { how, why } = TEXTS[ctx.language];
  if (!isUuid(id)) return void (await ctx.reply(how));
  const shown = showWithdrawal(await review(deps, id), ctx.language);
  const asked = { telegramId: ctx.from!.id, userId: ctx.user.id, awaits: 'reason' } as const;
  const what: Unreasoned = { withdrawalId: id };
  await keepAsk(deps.knex, { ...asked, what, now: deps.identity.now(), goodFor: GOOD_FOR_MS });
  await ctx.reply(`${why}\n\n${shown}`);
}

/** Takes a message for the reason that was asked for; false where none was. */
export async function answeredWithReason(
  ctx: Filter<UserContext, 'message:text'>,
  deps: TelegramDependencies,
): Promise<boolean> {
  const { text } = ctx.message;
  const asked = { telegramId: ctx.from.id, userId: ctx.user.id, awaits: 'reason' } as const;
  const waiting = await findAwaiting<Unreasoned>(deps.knex, asked, deps.identity.now());
  if (!waiting || text.startsWith('/')) return false;
  const { notCode } = TEXTS[ctx.language];
  // The holder is told the reason.
  if (mayBeCode(text)) await ctx.reply(notCode);
  else await showAndAsk(ctx, deps, { name: 'reject', ...waiting.what, reason: reasonOf(text) });
  return true;
}

async function showAndAsk(ctx: UserContext, deps: TelegramDependencies, what: Rejection): Promise<void> {
  const shown = showWithdrawal(await review(deps, what.withdrawalId), ctx.language);
  const text = `${TEXTS[ctx.language].sure(what.reason)}\n\n${shown}`;
  await askForCode(ctx, deps, { what, text });
}

async function review({ knex }: TelegramDependencies, id: string): Promise<ReviewedWithdrawal> {
  const request = await reviewWithdrawal(knex, id);
  if (!request) throw new ApiError('withdrawal_not_found', 'Withdrawal not found');
  return request;
}

export async function carryOutRejection(
  ctx: UserContext,
  deps: TelegramDependencies,
  { what: { withdrawalId, reason }, code, key }: { what: Rejection; code: string; key: string },
): Promise<void> {
  const decided = { decision: { name: 'reject', reason } as const, code };
  const { id, status } = await decideWithCode(withdrawalId, decided, codeContext(ctx, deps, key));
  await ctx.reply(`${id}: ${status}`);
}

const TEXTS: Translated<Record<'how' | 'why' | 'notCode', string> & { sure: (reason: string) => string }> = {
  en: {
    how: 'Send /reject with the whole id and the reason, which its holder is told.',
    why: 'Why do you refuse this withdrawal? Send the reason, which its holder is told, as your next message within 5 minutes.',
    notCode: 'That looks like a code. Send the reason first; the code is asked for after it.',
    sure: (reason) => `Refuse this withdrawal? Reason: ${reason}`,
  },
  ko: {
    how: '/reject 뒤에 전체 ID와 사유를 보내세요. 사유는 요청자에게 전달됩니다.',
    why: '이 출금을 거절하는 이유는 무엇인가요? 5분 안에 다음 메시지로 사유를 보내세요. 사유는 요청자에게 전달됩니다.',
    notCode: '코드처럼 보입니다. 먼저 사유를 보내세요. 코드는 그다음에 묻습니다.',
    sure: (reason) => `이 출금을 거절할까요? 사유: ${reason}`,
  },
};
