import { ExchangeError } from '../../exchanges/port.ts';

/** How long a watch bears a venue that cannot be reached before it says so for good. */
const PATIENCE_MS = 900_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A watch that went on for this long was no failure: what fails after it is the first of a new row. */
const HEALTHY_MS = LONGEST_PAUSE_MS;

/** Counts failures in a row, however long a watch went well before them. */
export interface Patience {
  /** A watch has made its first decision. */
  begun(): void;
  /** How long to wait before the next try, ms. Throws the failure as a final one where the row has become too long. */
  pauseAfter(error: ExchangeError): number;
}

/** `now`: epoch ms. */
export function createPatience(now: () => number): Patience {
  let begunAt: number | null = null;
  let failingSince: number | null = null;
  let pause = FIRST_PAUSE_MS;
  return {
    begun() {
      begunAt = now();
    },
    pauseAfter(error) {
      const at = now();
      if (begunAt !== null && at - begunAt > HEALTHY_MS) {
        failingSince = null;
        pause = FIRST_PAUSE_MS;
      }
      begunAt = null;
      failingSince ??= at;
      if (at - failingSince > PATIENCE_MS) throw asFinal(error);
      const wait = error.retryAfterMs ?? pause;
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      return wait;
    },
  };
}

function asFinal(error: ExchangeError): ExchangeError {
  return new ExchangeError(`${error.message} It has been tried for ${PATIENCE_MS / 60_000} minutes.`, {
    code: error.code,
    phase: error.phase,
    retrySafe: false,
    final: true,
  });
}
