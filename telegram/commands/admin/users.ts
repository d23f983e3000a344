import { InlineKeyboard } from 'grammy';
import { listUsersWithBots } from '../../../db/users.ts';
import { chatCommand, type ChatCommand } from '../../chat-command.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import type { Translated } from '../../languages.ts';
import { pageButtons, pageOf } from '../../page-buttons.ts';

const ON_A_PAGE = 10;

/** Who there is, newest first. */
export function users(deps: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'users',
    for: 'admin',
    description: { en: 'Users, their roles and bots', ko: '사용자, 역할, 봇' },
    handler: (ctx) => show(ctx, deps, 0),
    pressed: { users: (ctx) => show(ctx, deps, pageOf(ctx.match)) },
  });
}

async function show(ctx: UserContext, { knex }: TelegramDependencies, page: number): Promise<void> {
  const part = { skip: page * ON_A_PAGE, limit: ON_A_PAGE + 1 };
  const found = await listUsersWithBots(knex, part);
  const { none, disabled, bots } = TEXTS[ctx.language];
  const lines = found.slice(0, ON_A_PAGE).map(({ name, email, role, disabled_at: at, bots: count }) => {
    const state = at === null ? '' : `, ${disabled}`;
    const who = [name, email].filter(Boolean).join(' · ') || '-';
    return `${who} · ${role ?? 'user'}${state} · ${bots(count)}`;
  });
  const keyboard = pageButtons(new InlineKeyboard(), {
    ...{ word: 'users', page, isLast: found.length <= ON_A_PAGE },
  });
  await ctx.reply(lines.join('\n') || none, { reply_markup: keyboard });
}

const TEXTS: Translated<{ none: string; disabled: string; bots: (count: number) => string }> = {
  en: { none: 'Nobody.', disabled: 'disabled', bots: (count) => `${count} bots` },
  ko: { none: '없음', disabled: '비활성', bots: (count) => `봇 ${count}개` },
};
