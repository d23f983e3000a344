import { BotGone, CommandRefused, Unavailable } from '../workflows/client.ts';
import { ApiError, botNotFound, unavailable } from './errors.ts';

/** What the caller is told of a fault: the designed refusal it stands for, else `internal`, which tells nothing. */
export function explain(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof CommandRefused)
    return new ApiError('command_refused', error.message, { cause: error });
  if (error instanceof BotGone) return botNotFound();
  if (error instanceof Unavailable) {
    const { message, retryAfterSeconds } = error;
    return new ApiError('unavailable', message, { retryAfterSeconds, cause: error });
  }
  if (isDatabaseOutage(error)) return unavailable(error);
  if (isClientFault(error)) {
    return new ApiError('bad_request', 'The request could not be read. Check its address and headers.');
  }
  return new ApiError('internal', 'Internal server error', { cause: error });
}

/**
 * SQLSTATE classes: connection exceptions, transactions rolled back (deadlock, serialization), insufficient resources,
 * operator intervention (shutdown, time-out); and a lock that was not to be had in time.
 */
const OUTAGE_STATES = /^(08|40|53|57|55P03)/;
const OUTAGE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** What pg, tarn and knex say, without a code, when a connection dies or none is free. */
const OUTAGE_TEXTS =
  /Connection terminated|timeout exceeded when trying to connect|^timeout expired$|operation timed out for an unknown reason|Query read timeout|not queryable|Timeout acquiring a connection/i;

/** True where the database cannot be reached or does not answer in time, so that trying again later helps. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isDatabaseOutage)) return true;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (OUTAGE_CODES.has(code) || (code.length === 5 && OUTAGE_STATES.test(code))))
    return true;
  return OUTAGE_TEXTS.test(error.message);
}

/** Koa and its parts mark what the client did wrong with a 4xx status. */
function isClientFault(error: unknown): boolean {
  const status = error instanceof Error ? (error as { status?: unknown }).status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500;
}
