import { GrammyError, HttpError } from 'grammy';

/**
 * What went wrong at Telegram, or on the way there, as a log may hold it: what was sent is the person's, or a secret, and the
 * address holds the token.
 */
export function withoutRequest(error: unknown): unknown {
  if (error instanceof GrammyError) return { code: error.error_code, description: error.description };
  if (error instanceof HttpError)
    return { message: error.message, code: (error.error as { code?: unknown } | null)?.code };
  return error;
}
