import { stopAllBots } from '../../../api/commands/stop-all-bots.ts';
import { chatCommand, type ChatCommand } from '../../chat-command.ts';
import { commandContext } from '../../command-ids.ts';
import { askToConfirm, confirmed } from '../../confirmation.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import type { Translated } from '../../languages.ts';

/** Stops every bot of the person's, positions kept, once they confirm it. */
export function stopAll(deps: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'stopall',
    description: { en: 'Stop all of your bots', ko: '모든 봇 정지' },
    handler: (ctx) =>
      askToConfirm(ctx, deps, { word: 'stopall_now', what: {}, text: TEXTS[ctx.language].sure }),
    pressed: {
      async stopall_now(ctx) {
        const asked = await confirmed(ctx, deps);
        if (!asked) return;
        const stopped = await stopAllBots(commandContext(ctx, deps, asked.key));
        await ctx.reply(TEXTS[ctx.language].stopped(stopped));
      },
    },
  });
}

const TEXTS: Translated<{ sure: string; stopped: (count: number) => string }> = {
  en: {
    sure: 'Stop all of your bots? Waiting orders are cancelled, positions are kept.',
    stopped: (count) => `Bots stopped: ${count}`,
  },
  ko: {
    sure: '모든 봇을 정지할까요? 대기 주문은 취소되고 포지션은 유지됩니다.',
    stopped: (count) => `정지한 봇: ${count}개`,
  },
};
