import { timeZoneNamed } from '../../api/commands/time-zone.ts';
import { changePreferences } from '../../db/preferences.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import type { Translated } from '../languages.ts';

/** When the person's days begin. */
export function timezone({ knex }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'timezone',
    description: {
      en: 'When your days begin: /timezone Asia/Seoul',
      ko: '시간대 설정: /timezone Asia/Seoul',
    },
    async handler(ctx) {
      const { now, changed, unknown } = TEXTS[ctx.language];
      const name = ctx.match.trim();
      if (name === '') return ctx.reply(now(ctx.user.timeZone));
      const known = timeZoneNamed(name);
      if (known === null) return ctx.reply(unknown);
      await changePreferences(knex, ctx.user.id, { time_zone: known });
      return ctx.reply(changed(known));
    },
  });
}

interface Texts {
  now(zone: string): string;
  changed(zone: string): string;
  unknown: string;
}

const TEXTS: Translated<Texts> = {
  en: {
    now: (zone) => `Your days begin at midnight in ${zone}. Another: /timezone Asia/Seoul`,
    changed: (zone) => `Your days begin at midnight in ${zone} now.`,
    unknown: 'There is no such time zone. Write a region and a city: /timezone Asia/Seoul, or UTC.',
  },
  ko: {
    now: (zone) => `하루는 ${zone} 자정에 시작합니다. 변경: /timezone Asia/Seoul`,
    changed: (zone) => `이제 하루는 ${zone} 자정에 시작합니다.`,
    unknown: '알 수 없는 시간대입니다. 지역과 도시를 쓰세요: /timezone Asia/Seoul 또는 UTC.',
  },
};
