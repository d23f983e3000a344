import { randomUUID } from 'node:crypto';
import type { ErrorHandler } from 'grammy';
import type { Logger } from 'pino';
import { ApiError } from '../../api/errors.ts';
import { BotGone, CommandRefused } from '../../workflows/client.ts';
import type { ChatContext } from '../context.ts';
import type { Translated } from '../languages.ts';
import { refusalOf } from '../refusals.ts';
import { withoutRequest } from '../without-request.ts';

/** Tells the person what went wrong: a refusal in their language, anything else neutrally, with a number that the log has too. */
export function faults(log: Logger): ErrorHandler<ChatContext> {
  return async ({ error, ctx }) => {
    const id = randomUUID();
    if (!isDesigned(error))
      log.error({ err: withoutRequest(error), update: ctx.update.update_id, id }, 'a chat');
    const language = ctx.language ?? 'en';
    const said = refusalOf(error, language) ?? FAILED[language](id);
    await ctx
      .reply(said)
      .catch((gone: unknown) => log.warn({ err: withoutRequest(gone) }, 'could not be told'));
  };
}

/** What is refused is refused in words for the person. */
function isDesigned(error: unknown): boolean {
  return error instanceof ApiError || error instanceof CommandRefused || error instanceof BotGone;
}

const FAILED: Translated<(id: string) => string> = {
  en: (id) =>
    `That went wrong on our side. Try again; if it stays so, tell whoever runs this the number ${id}.`,
  ko: (id) => `서버에서 문제가 발생했습니다. 다시 시도하고, 계속되면 운영자에게 번호 ${id}를 알려 주세요.`,
};
