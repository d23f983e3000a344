import { decideWithCode } from '../../../api/commands/decide-with-code.ts';
import { ApiError } from '../../../api/errors.ts';
import { reviewWithdrawal } from '../../../db/fund/withdrawal-lists.ts';
import { findPressed } from '../../../db/telegram-asks.ts';
import { askForCode, codeContext } from '../../admin-code.ts';
import { chatCommand, type ChatCommand } from '../../chat-command.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { isUuid } from '../../is-uuid.ts';
import type { Translated } from '../../languages.ts';
import { showWithdrawal, shownOf, summaryOf, type Shown, type Summary } from './show-withdrawal.ts';

/** Agrees to a withdrawal as it was shown in this chat, with a code in a message of its own. */
export function approve(deps: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'approve',
    for: 'admin',
    description: { en: 'Agree to a withdrawal: /approve ID', ko: '출금 승인: /approve ID' },
    async handler(ctx) {
      const id = ctx.match.trim();
      if (!isUuid(id)) return ctx.reply(TEXTS[ctx.language].which);
      return showAndAsk(ctx, deps, { id, shown: null });
    },
    pressed: {
      async approve(ctx) {
        const pressed = { id: ctx.match, telegramId: ctx.from.id, userId: ctx.user.id };
        const now = deps.identity.now();
        const shown = isUuid(ctx.match) ? await findPressed<Shown>(deps.knex, pressed, now) : null;
        if (!shown) return ctx.reply(TEXTS[ctx.language].tooOld);
        return showAndAsk(ctx, deps, { id: shown.withdrawalId, shown });
      },
    },
  });
}

/** Asks for the code of an approval of what was shown before, or else of what is shown now. */
async function showAndAsk(
  ctx: UserContext,
  deps: TelegramDependencies,
  { id, shown }: { id: string; shown: Shown | null },
): Promise<void> {
  const request = await reviewWithdrawal(deps.knex, id);
  if (!request) throw new ApiError('withdrawal_not_found', 'Withdrawal not found');
  const now = shownOf(request);
  if (shown && shown.digest !== now.digest)
    throw new ApiError('command_refused', TEXTS[ctx.language].changed);
  const text = `${TEXTS[ctx.language].sure}\n\n${showWithdrawal(request, ctx.language)}`;
  await askForCode(ctx, deps, { what: now, text });
}

export async function carryOutApproval(
  ctx: UserContext,
  deps: TelegramDependencies,
  { what: { withdrawalId, digest }, code, key }: { what: Shown; code: string; key: string },
): Promise<void> {
  const { already, approved } = TEXTS[ctx.language];
  const before = await reviewWithdrawal(deps.knex, withdrawalId);
  // Its answer was lost, and the code of then is used up.
  if (before?.approvals.includes(ctx.user.id))
    return void (await ctx.reply(already(summaryOf(before), before.status)));
  const decided = { decision: { name: 'approve', digest } as const, code };
  const request = await decideWithCode(withdrawalId, decided, codeContext(ctx, deps, key));
  await ctx.reply(approved(summaryOf(request), request.status));
}

type Texts = Record<'which' | 'tooOld' | 'changed' | 'sure', string> &
  Record<'approved' | 'already', (of: Summary, status: string) => string>;

const TEXTS: Translated<Texts> = {
  en: {
    which: 'Which one? Send /approve with its whole id, or press its button below /approvals.',
    tooOld: 'That was shown too long ago. Look at /approvals again.',
    changed: 'The request is not what you were shown. Look at /approvals again.',
    sure: 'Do you agree to this withdrawal?',
    approved: ({ amount, address }, status) => `You agreed to ${amount} to ${address}: ${status}`,
    already: ({ amount, address }, status) => `You have agreed already to ${amount} to ${address}: ${status}`,
  },
  ko: {
    which: '어느 출금인가요? /approve 뒤에 전체 ID를 보내거나 /approvals 아래의 버튼을 누르세요.',
    tooOld: '표시된 지 너무 오래되었습니다. /approvals 를 다시 확인하세요.',
    changed: '요청이 표시된 내용과 다릅니다. /approvals 를 다시 확인하세요.',
    sure: '이 출금을 승인할까요?',
    approved: ({ amount, address }, status) => `승인했습니다: ${address}(으)로 ${amount}, ${status}`,
    already: ({ amount, address }, status) => `이미 승인했습니다: ${address}(으)로 ${amount}, ${status}`,
  },
};
