import { decideWithCode } from '../../../api/commands/decide-with-code.ts';
import { reviewWithdrawal } from '../../../db/fund/withdrawal-lists.ts';
import { ApiError } from '../../../api/errors.ts';
import { askForCode, codeContext } from '../../admin-code.ts';
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
      const what: Rejection = { name: 'reject', withdrawalId: id.toLowerCase(), reason };
      const request = await reviewWithdrawal(deps.knex, what.withdrawalId);
      if (!request) throw new ApiError('withdrawal_not_found', 'Withdrawal not found');
      const text = `${TEXTS[ctx.language].sure(reason)}\n\n${showWithdrawal(request, ctx.language)}`;
      return askForCode(ctx, deps, { what, text });
    },
    pressed: {
      reject: (ctx) => ctx.reply(`${TEXTS[ctx.language].how}\n\n/reject ${ctx.match} …`),
    },
  });
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

const TEXTS: Translated<{ how: string; sure: (reason: string) => string }> = {
  en: {
    how: 'Send /reject with the whole id and the reason, which its holder is told.',
    sure: (reason) => `Refuse this withdrawal? Reason: ${reason}`,
  },
  ko: {
    how: '/reject 뒤에 전체 ID와 사유를 보내세요. 사유는 요청자에게 전달됩니다.',
    sure: (reason) => `이 출금을 거절할까요? 사유: ${reason}`,
  },
};
