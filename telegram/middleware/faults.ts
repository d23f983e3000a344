import { randomUUID } from 'node:crypto';
import type { ErrorHandler } from 'grammy';
import type { Logger } from 'pino';
import { ApiError } from '../../api/errors.ts';
import { BotGone, CommandRefused, Unavailable } from '../../workflows/client.ts';
import type { ChatContext } from '../context.ts';
import type { Translated } from '../languages.ts';
import { withoutRequest } from '../without-request.ts';

/** Tells the person what went wrong: a refusal in its own words, anything else neutrally, with a number that the log has too. */
export function faults(log: Logger): ErrorHandler<ChatContext> {
  return async ({ error, ctx }) => {
    const id = randomUUID();
    if (!isDesigned(error))
      log.error({ err: withoutRequest(error), update: ctx.update.update_id, id }, 'a chat');
    const { away, failed } = TEXTS[ctx.language ?? 'en'];
    const said = isDesigned(error) ? error.message : error instanceof Unavailable ? away : failed(id);
    await ctx
      .reply(said)
      .catch((gone: unknown) => log.warn({ err: withoutRequest(gone) }, 'could not be told'));
  };
}

/** What is refused is refused in words for the person. */
function isDesigned(error: unknown): error is Error {
  return error instanceof ApiError || error instanceof CommandRefused || error instanceof BotGone;
}

const TEXTS: Translated<{ away: string; failed: (id: string) => string }> = {
  en: {
    away: 'Trading is away right now. Try again in a minute.',
    failed: (id) =>
      `That went wrong on our side. Try again; if it stays so, tell whoever runs this the number ${id}.`,
  },
  ko: {
    away: '지금은 거래 서비스에 연결할 수 없습니다. 잠시 후 다시 시도하세요.',
    failed: (id) =>
      `서버에서 문제가 발생했습니다. 다시 시도하고, 계속되면 운영자에게 번호 ${id}를 알려 주세요.`,
  },
};
