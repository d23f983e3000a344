import { probeParts } from '../../api/commands/probe-parts.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import type { Translated } from '../languages.ts';
import { table } from '../table.ts';

/** Whether what bots need answers. Who is answered at all has a database. */
export function health({ knex, bots }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'health',
    description: { en: 'Whether all is well', ko: '시스템 상태' },
    async handler(ctx) {
      const { title, parts, up, down } = TEXTS[ctx.language];
      const { database, temporal } = await probeParts({ knex, bots });
      const states = [database, temporal];
      const rows = parts.map((part, at) => [part, states[at] ? up : down]);
      await ctx.reply(`${title}\n${table(rows)}`, { parse_mode: 'HTML' });
    },
  });
}

const TEXTS: Translated<{ title: string; parts: string[]; up: string; down: string }> = {
  en: { title: '🩺 Health', parts: ['Database', 'Trading'], up: 'up', down: 'down' },
  ko: { title: '🩺 시스템 상태', parts: ['데이터베이스', '거래'], up: '정상', down: '중단' },
};
