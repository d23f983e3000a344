import { Decimal } from '../../bots/money.ts';
import { ExchangeError } from '../port.ts';

export const sameAmount = (one: string, other: string): boolean => new Decimal(one).eq(other);

/** An id under which something else was moved before. */
export function usedTwice(venue: string, id: string): ExchangeError {
  return new ExchangeError(`${venue} has moved something else under the id ${id}. Use an id of its own.`, {
    ...{ code: 'duplicate_id', phase: 'refused', retrySafe: true, final: true },
  });
}

/** The venue has taken it, and does not show it. */
export function takenUnseen(venue: string, id: string): ExchangeError {
  return new ExchangeError(`${venue} has taken ${id} before, but does not show it yet. Ask for it again.`, {
    ...{ code: 'unreadable_answer', phase: 'accepted', retrySafe: false, final: false },
  });
}

/** For `catch` of a look-up before a send: whatever became of the question, nothing has been moved. */
export function notSent(error: unknown): never {
  if (!(error instanceof ExchangeError) || error.phase !== 'unknown') throw error;
  throw again(error, 'Nothing was sent, because what was sent before could not be asked.', 'before_call');
}

/** For `catch` of a look-up after which an earlier call's money may stand half-way. */
export function inDoubt(error: unknown): never {
  // An id that was used for something else stands for nothing of this.
  if (!(error instanceof ExchangeError) || error.code === 'duplicate_id') throw error;
  throw again(error, 'What was moved for it before may not be back: make the same call again.', 'unknown');
}

/** The same failure, said of the whole. */
function again(
  { message, code, retryAfterMs, venueCode }: ExchangeError,
  addition: string,
  phase: 'before_call' | 'unknown',
): ExchangeError {
  return new ExchangeError(`${message} ${addition}`, {
    ...{ code, phase, retrySafe: phase === 'before_call', final: false, retryAfterMs, venueCode },
  });
}
