import { InlineKeyboard } from 'grammy';
import { commandBot } from '../../../api/commands/command-bot.ts';
import { requireBot } from '../../../api/commands/require-bot.ts';
import { botNotFound } from '../../../api/errors.ts';
import type { StopMode } from '../../../bots/lifecycle.ts';
import { nameOfBot } from '../../bot-words.ts';
import type { ChatCommand } from '../../chat-command.ts';
import { commandContext } from '../../command-ids.ts';
import { askToConfirm, confirmed } from '../../confirmation.ts';
import type { UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { isUuid } from '../../is-uuid.ts';
import type { Translated } from '../../languages.ts';
import { botCommand, tellOf } from './bot-command.ts';
import { operateAnybodys } from './operator.ts';

type Stop = { botId: string; mode: StopMode } | { botId: string; operator: true };

const MODES = ['keep', 'close', 'finish'] as const satisfies readonly StopMode[];

/** Stops a bot: which one, then what becomes of its position, then whether that is meant. */
export function stop(deps: TelegramDependencies): ChatCommand {
  return botCommand(
    {
      name: 'stop',
      aliases: ['stopbot'],
      description: { en: 'Stop a bot: /stop NAME', ko: '봇 정지: /stop 이름' },
      act: (ctx, bot) => askForMode(ctx, bot),
      operate: (ctx, botId) =>
        askToConfirm(ctx, deps, {
          word: 'stop_now',
          what: { botId, operator: true } satisfies Stop,
          text: TEXTS[ctx.language].operator(botId),
        }),
      pressed: {
        async stop_as(ctx) {
          const [said, botId = ''] = ctx.match.split(':');
          const mode = MODES.find((one) => one === said);
          if (!mode || !isUuid(botId)) throw botNotFound();
          const bot = await requireBot(botId, { ...deps, owner: ctx.user.owner });
          const text = `${nameOfBot(bot)}: ${TEXTS[ctx.language].modes[mode]}`;
          await askToConfirm(ctx, deps, { word: 'stop_now', what: { botId, mode } satisfies Stop, text });
        },
        stop_now: (ctx) => carryOut(ctx, deps),
      },
    },
    deps,
  );
}

async function askForMode(
  ctx: UserContext,
  bot: { id: string; name: string | null; ticker: string },
): Promise<void> {
  const { how, modes } = TEXTS[ctx.language];
  const rows = MODES.map((mode) => [InlineKeyboard.text(modes[mode], `stop_as:${mode}:${bot.id}`)]);
  await ctx.reply(`${nameOfBot(bot)}: ${how}`, { reply_markup: InlineKeyboard.from(rows) });
}

async function carryOut(ctx: UserContext & { match: string }, deps: TelegramDependencies): Promise<void> {
  const asked = await confirmed<Stop>(ctx, deps);
  if (!asked) return;
  const { what, key } = asked;
  const { botId } = what;
  if ('mode' in what) {
    const context = commandContext(ctx, deps, key);
    return tellOf(ctx, await commandBot(botId, { name: 'stop', mode: what.mode }, context));
  }
  // Who has lost the role meanwhile reaches their own alone.
  if (ctx.user.role === 'user') throw botNotFound();
  await operateAnybodys(ctx, deps, { botId, operation: 'stop', key });
}

const TEXTS: Translated<{
  how: string;
  modes: Record<StopMode, string>;
  operator: (botId: string) => string;
}> = {
  en: {
    how: 'what is to become of its position?',
    modes: {
      keep: 'Stop, keep the position',
      close: 'Stop, close the position at market',
      finish: 'Finish the running cycle, then stop',
    },
    operator: (botId) => `Stop the bot ${botId} as an operator? Its position is kept, and its owner is told.`,
  },
  ko: {
    how: '포지션을 어떻게 할까요?',
    modes: {
      keep: '정지하고 포지션 유지',
      close: '정지하고 포지션을 시장가로 청산',
      finish: '현재 사이클을 마친 뒤 정지',
    },
    operator: (botId) =>
      `운영자로서 봇 ${botId}을(를) 정지할까요? 포지션은 유지되고 소유자에게 알림이 갑니다.`,
  },
};
