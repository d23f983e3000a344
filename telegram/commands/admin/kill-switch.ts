import { switchWithCode } from '../../../api/commands/kill-switch.ts';
import { listEngagedSwitches, type SwitchScope } from '../../../db/kill-switch.ts';
import { askForCode, codeContext } from '../../admin-code.ts';
import { chatCommand, type ChatCommand } from '../../chat-command.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { isUuid } from '../../is-uuid.ts';
import type { Translated } from '../../languages.ts';

export interface Switching {
  name: 'switch';
  at: SwitchScope;
  /** Null where it is released. */
  reason: string | null;
}

const LONGEST_REASON = 500;

/** How the kill switches stand; engages and releases them with a code in a message of its own. */
export function killSwitch(deps: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'killswitch',
    for: 'admin',
    description: { en: 'Forbid new orders, or allow them again', ko: '신규 주문 차단 또는 해제' },
    async handler(ctx) {
      const { how, sure } = TEXTS[ctx.language];
      const what = read(ctx.match.trim());
      if (!what) return ctx.reply(`${await standing(ctx, deps)}\n\n${how}`);
      return askForCode(ctx, deps, { what, text: `${sure} ${ctx.match}` });
    },
  });
}

export async function carryOutSwitch(
  ctx: UserContext,
  deps: TelegramDependencies,
  { what: { at, reason }, code, key }: { what: Switching; code: string; key: string },
): Promise<void> {
  await switchWithCode(at, { reason, code }, codeContext(ctx, deps, key));
  await ctx.reply(await standing(ctx, deps));
}

async function standing(ctx: UserContext, { knex }: TelegramDependencies): Promise<string> {
  const engaged = await listEngagedSwitches(knex);
  if (engaged.length === 0) return TEXTS[ctx.language].none;
  return engaged
    .map(
      ({ scope, scope_id: id, reason, changed_at: at }) => `🛑 ${scope} ${id} ${at.toISOString()}: ${reason}`,
    )
    .join('\n');
}

/** `engage global REASON`, `release bot ID` and the like; null where it is none of those. */
function read(text: string): Switching | null {
  const [verb, scope, ...words] = text.split(/\s+/);
  if (verb !== 'engage' && verb !== 'release') return null;
  if (scope !== 'global' && scope !== 'account' && scope !== 'bot') return null;
  const id = scope === 'global' ? '*' : words.shift()?.toLowerCase();
  if (id === undefined || (id !== '*' && !isUuid(id))) return null;
  const reason = words.join(' ').slice(0, LONGEST_REASON);
  if ((verb === 'engage') === (reason === '')) return null;
  return { name: 'switch', at: { scope, id }, reason: reason || null };
}

const TEXTS: Translated<{ none: string; how: string; sure: string }> = {
  en: {
    none: 'No kill switch is engaged.',
    how: '/killswitch engage global REASON\n/killswitch engage account|bot ID REASON\n/killswitch release global\n/killswitch release account|bot ID',
    sure: 'Do you want this?',
  },
  ko: {
    none: '작동 중인 킬 스위치가 없습니다.',
    how: '/killswitch engage global 사유\n/killswitch engage account|bot ID 사유\n/killswitch release global\n/killswitch release account|bot ID',
    sure: '실행할까요?',
  },
};
