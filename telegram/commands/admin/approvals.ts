import { InlineKeyboard } from 'grammy';
import { reviewWithdrawals } from '../../../db/fund/withdrawal-lists.ts';
import { keepAsk } from '../../../db/telegram-asks.ts';
import { chatCommand, type ChatCommand } from '../../chat-command.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import type { Translated } from '../../languages.ts';
import { pageButtons, pageOf } from '../../page-buttons.ts';
import { showWithdrawal, shownOf } from './show-withdrawal.ts';

const ON_A_PAGE = 3;
/** What was looked at longer ago is to be looked at again. */
const GOOD_FOR_MS = 15 * 60_000;

/** What waits for approval, those that have waited longest first. */
export function approvals(deps: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'approvals',
    for: 'admin',
    description: { en: 'Withdrawals that wait for approval', ko: '승인 대기 중인 출금' },
    handler: (ctx) => show(ctx, deps, 0),
    pressed: { approvals: (ctx) => show(ctx, deps, pageOf(ctx.match)) },
  });
}

async function show(ctx: UserContext, { knex, identity }: TelegramDependencies, page: number): Promise<void> {
  const part = { offset: page * ON_A_PAGE, limit: ON_A_PAGE + 1 };
  const found = await reviewWithdrawals(knex, { status: 'pending_approval', ...part });
  const { none, approve, reject } = TEXTS[ctx.language];
  if (found.length === 0) return void (await ctx.reply(none));
  const shown = found.slice(0, ON_A_PAGE);
  const asked = { telegramId: ctx.from!.id, userId: ctx.user.id, awaits: 'press' } as const;
  const rows = [];
  for (const [at, request] of shown.entries()) {
    const what = shownOf(request);
    const id = await keepAsk(knex, { ...asked, what, now: identity.now(), goodFor: GOOD_FOR_MS });
    const number = part.offset + at + 1;
    rows.push([
      InlineKeyboard.text(`${approve} ${number}`, `approve:${id}`),
      InlineKeyboard.text(`${reject} ${number}`, `reject:${request.id}`),
    ]);
  }
  const text = shown.map((each, at) => `${part.offset + at + 1}.\n${showWithdrawal(each, ctx.language)}`);
  const isLast = found.length <= ON_A_PAGE;
  const keyboard = pageButtons(InlineKeyboard.from(rows), { word: 'approvals', page, isLast });
  await ctx.reply(text.join('\n\n'), { reply_markup: keyboard });
}

const TEXTS: Translated<{ none: string; approve: string; reject: string }> = {
  en: { none: 'Nothing waits for approval.', approve: '✅ Approve', reject: '✖ Reject' },
  ko: { none: '승인 대기 중인 출금이 없습니다.', approve: '✅ 승인', reject: '✖ 거절' },
};
