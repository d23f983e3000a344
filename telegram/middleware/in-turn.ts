import type { MiddlewareFn } from 'grammy';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { ChatContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { languageOf, type Translated } from '../languages.ts';

/**
 * What one person writes is heard one after the other, in its order; others are not held up by it. Who sends more in a minute than
 * a person would is told so once, and not heard until it is over.
 */
export function inTurn({
  updatesPerMinute: points = 60,
}: Pick<TelegramDependencies, 'updatesPerMinute'>): MiddlewareFn<ChatContext> {
  const limiter = new RateLimiterMemory({ points, duration: 60 });
  const last = new Map<number, Promise<void>>();

  async function hear(ctx: ChatContext, next: () => Promise<void>): Promise<void> {
    const over = await limiter.consume(ctx.from!.id).then(
      () => null,
      (refused: unknown) => {
        if (refused instanceof RateLimiterRes) return refused;
        throw refused;
      },
    );
    if (!over) return next();
    if (over.consumedPoints > points + 1) return;
    const seconds = Math.ceil(over.msBeforeNext / 1_000);
    await ctx.reply(TEXTS[languageOf(ctx.from?.language_code)](seconds));
  }

  return async (ctx, next) => {
    const { id } = ctx.from!;
    const before = last.get(id) ?? Promise.resolve();
    const turn = before.then(() => hear(ctx, next));
    const over = turn.catch(() => undefined);
    last.set(id, over);
    try {
      await turn;
    } finally {
      if (last.get(id) === over) last.delete(id);
    }
  };
}

const TEXTS: Translated<(seconds: number) => string> = {
  en: (seconds) => `That was a lot at once. I hear you again in ${seconds} s.`,
  ko: (seconds) => `요청이 너무 많습니다. ${seconds}초 뒤에 다시 시도하세요.`,
};
