import { switchWithCode } from '../../../api/commands/kill-switch.ts';
import { listEngagedSwitches, type SwitchScope } from '../../../db/kill-switch.ts';
import { askForCode, codeContext } from '../../admin-code.ts';
import { chatCommand, type ChatCommand } from '../../chat-command.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { isUuid } from '../../is-uuid.ts';
import type { Translated } from '../../languages.ts';
import { cut } from '../../table.ts';
import { reasonOf } from './reason.ts';

export interface Switching {
  name: 'switch';
  at: SwitchScope;
  /** Null where it is released. */
  reason: string | null;
}

/** Of a reason, as it is shown: its beginning. */
const SHOWN_WIDTH = 100;
/** More would not fit into a message. */
const MOST_SHOWN = 10;

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
      return askForCode(ctx, deps, { what, text: `${sure} ${written(what)}` });
    },
  });
}

export async function carryOutSwitch(
  ctx: UserContext,
  deps: TelegramDependencies,
  { what, code, key }: { what: Switching; code: string; key: string },
): Promise<void> {
  const { at, reason } = what;
  await switchWithCode(at, { reason, code }, codeContext(ctx, deps, key));
  await ctx.reply(TEXTS[ctx.language].changed(what));
}

async function standing(ctx: UserContext, { knex }: TelegramDependencies): Promise<string> {
  const engaged = await listEngagedSwitches(knex);
  const { none, more } = TEXTS[ctx.language];
  if (engaged.length === 0) return none;
  const lines = engaged
    .slice(0, MOST_SHOWN)
    .map(
      ({ scope, scope_id: id, reason, changed_at: at }) =>
        `🛑 ${scope} ${id} ${at.toISOString()}: ${cut(reason ?? '', SHOWN_WIDTH)}`,
    );
  const left = engaged.length - lines.length;
  return [...lines, ...(left > 0 ? [more(left)] : [])].join('\n');
}

/** As `read` reads it. */
function written({ at: { scope, id }, reason }: Switching): string {
  const of = id === '*' ? scope : `${scope} ${id}`;
  return reason === null ? `release ${of}` : `engage ${of} ${reason}`;
}

/** `engage global REASON`, `release bot ID` and the like; null where it is none of those. */
function read(text: string): Switching | null {
  const [verb, scope, ...words] = text.split(/\s+/);
  if (verb !== 'engage' && verb !== 'release') return null;
  if (scope !== 'global' && scope !== 'account' && scope !== 'bot') return null;
  const id = scope === 'global' ? '*' : words.shift()?.toLowerCase();
  if (id === undefined || (id !== '*' && !isUuid(id))) return null;
  const reason = reasonOf(words.join(' '));
  if ((verb === 'engage') === (reason === '')) return null;
  return { name: 'switch', at: { scope, id }, reason: reason || null };
}

interface Texts {
  none: string;
  more(count: number): string;
  how: string;
  sure: string;
  changed(what: Switching): string;
}

const TEXTS: Translated<Texts> = {
  en: {
    none: 'No kill switch is engaged.',
    more: (count) => `and ${count} more`,
    how: '/killswitch engage global REASON\n/killswitch engage account|bot ID REASON\n/killswitch release global\n/killswitch release account|bot ID',
    sure: 'Do you want this?',
    changed: ({ at: { scope, id }, reason }) =>
      reason === null ? `✅ Released: ${scope} ${id}` : `🛑 Engaged: ${scope} ${id}`,
  },
  ko: {
    none: '작동 중인 킬 스위치가 없습니다.',
    more: (count) => `외 ${count}개`,
    how: '/killswitch engage global 사유\n/killswitch engage account|bot ID 사유\n/killswitch release global\n/killswitch release account|bot ID',
    sure: '실행할까요?',
    changed: ({ at: { scope, id }, reason }) =>
      reason === null ? `✅ 해제했습니다: ${scope} ${id}` : `🛑 작동했습니다: ${scope} ${id}`,
  },
};
