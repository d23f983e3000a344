import { setTimeout as sleep } from 'node:timers/promises';
import { GrammyError } from 'grammy';
import type { Logger } from 'pino';
import { withoutRequest } from './without-request.ts';

/** Telegram does not know the token. */
export class WrongToken extends Error {
  override readonly name = 'WrongToken';
}

const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 30_000;

/**
 * Calls Telegram until it answers, with rests that double, or that it asks for. Undefined where `ending` came first. Throws
 * `WrongToken`.
 */
export async function reach<T>(
  call: () => Promise<T>,
  { log, ending }: { log: Logger; ending: AbortSignal },
): Promise<T | undefined> {
  for (let failures = 0; !ending.aborted; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if (ending.aborted) break;
      // A token of the wrong form is not even a path there.
      if (error instanceof GrammyError && [401, 404].includes(error.error_code)) throw new WrongToken();
      const ms = restAfter(error) ?? Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(failures, 8));
      log.warn({ err: withoutRequest(error), again_in_ms: ms }, explained(error));
      await sleep(ms, undefined, { signal: ending }).catch(() => undefined);
    }
  }
  return undefined;
}

function restAfter(error: unknown): number | null {
  const asked = error instanceof GrammyError ? error.parameters.retry_after : undefined;
  return asked === undefined ? null : asked * 1_000;
}

function explained(error: unknown): string {
  return error instanceof GrammyError && error.error_code === 409
    ? 'Another process asks Telegram for the updates of this bot: run one alone, or give each a bot of its own'
    : 'Telegram does not answer, it is tried again';
}
