import { ExchangeError, type ExchangeErrorCode, type Phase } from '../port.ts';
import type { Answer } from './http.ts';
import { ccxt } from './library.ts';
import type { VenueProfile, Verdict } from './profile.ts';
import type { Redact } from './redaction.ts';

/** An answer that is not what the venue promises: not JSON, or without what an order cannot lack. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** What a call is for: decides what its failure means. `move`: it moves money, or opens an account. */
export type Purpose = 'read' | 'place' | 'cancel' | 'move';

/** What is known of a call that failed. */
export interface Trace {
  purpose: Purpose;
  /** True once the first byte may have left this machine. */
  written: boolean;
  answer: Answer | null;
}

/**
 * Any failure of a call to a venue as an `ExchangeError`. A send whose effect cannot be ruled out is `unknown`: no answer,
 * an unreadable one, HTTP 5xx, or a code that says so. Nothing of the request goes into the message.
 */
export function classify(profile: VenueProfile, redact: Redact, trace: Trace, error: unknown): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const { purpose, answer } = trace;
  const said =
    answer && answer.status >= 400 ? profile.readError(answer.body) : venueErrorIn(profile, answer);
  const verdict = judge(profile, trace, said, error);
  const mayHaveHappened = verdict.phase === 'unknown';
  const why = redact(reason(trace, said, error));
  return new ExchangeError(message(profile.name, purpose, verdict, why), {
    code: verdict.code,
    phase: verdict.phase,
    retrySafe: !isSentOnce(purpose) || !mayHaveHappened,
    final: verdict.final,
    retryAfterMs: answer && (orderLimitMs(profile, answer) ?? retryAfterMs(answer)),
    venueCode: said?.code ?? null,
  });
}

const isSentOnce = (purpose: Purpose): boolean => purpose === 'place' || purpose === 'move';

/** How long the account may place no more orders, ms; null where the answer says nothing of it. */
export function orderLimitMs(profile: VenueProfile, { status, body }: Answer): number | null {
  const said = status < 400 ? null : profile.readError(body);
  return said && profile.orderLimitMs(said, Date.now());
}

/** How long a venue that says 429 or 418 wants to be left alone, ms; null for any other answer. */
export function retryAfterMs({ status, headers, body }: Answer): number | null {
  if (status !== 429 && status !== 418) return null;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const until = /until (\d{13})/.exec(body)?.[1];
  if (until) return Math.max(0, Number(until) - Date.now());
  // Binance's shortest ban, and the longest that a minute's limit can take to come back.
  return status === 418 ? 120_000 : 60_000;
}

type Judged = Omit<Verdict, 'phase'> & { phase: Phase };

function judge(
  profile: VenueProfile,
  { written, answer }: Trace,
  said: { code: string; message: string } | null,
  error: unknown,
): Judged {
  if (!written)
    return { code: codeOf(error) ?? 'unavailable', phase: 'before_call', final: isFinal(codeOf(error)) };
  if (!answer) return { code: 'unavailable', phase: 'unknown', final: false };
  if (answer.status === 418) return { code: 'banned', phase: 'refused', final: false };
  if (answer.status === 429) return { code: 'rate_limited', phase: 'refused', final: false };
  const verdict = said && profile.judge(said);
  if (answer.status >= 500) return { code: verdict?.code ?? 'unavailable', phase: 'unknown', final: false };
  if (verdict) return verdict;
  if (error instanceof UnreadableAnswer) return { code: 'unreadable_answer', phase: 'unknown', final: false };
  if (answer.status === 403 && !said) return { code: 'rate_limited', phase: 'refused', final: false };
  const code = codeOf(error) ?? (said && answer.status >= 400 ? 'other' : null);
  if (code && code !== 'unavailable') return { code, phase: 'refused', final: isFinal(code) };
  // Without a word of the venue's own it may be a proxy that gave up.
  if (answer.status >= 400) return { code: 'unavailable', phase: 'unknown', final: false };
  return { code: 'unreadable_answer', phase: 'unknown', final: false };
}

/** Some venues say no with HTTP 200; what they accept has no error in it. */
function venueErrorIn(
  profile: VenueProfile,
  answer: Answer | null,
): { code: string; message: string } | null {
  const said = answer && profile.readError(answer.body);
  return said && profile.judge(said) ? said : null;
}

/** ccxt's own classes, the narrow ones first: for what it refuses before it sends, and for venues without a table. */
const BY_CLASS: readonly [new (message: string) => Error, ExchangeErrorCode][] = [
  [ccxt.BadSymbol, 'unknown_market'],
  [ccxt.InsufficientFunds, 'insufficient_funds'],
  [ccxt.OrderNotFound, 'unknown_order'],
  [ccxt.DuplicateOrderId, 'duplicate_order'],
  [ccxt.InvalidOrder, 'invalid_order'],
  [ccxt.PermissionDenied, 'permission_denied'],
  [ccxt.AuthenticationError, 'bad_credentials'],
  [ccxt.InvalidNonce, 'clock_skew'],
  [ccxt.RateLimitExceeded, 'rate_limited'],
  [ccxt.DDoSProtection, 'rate_limited'],
  [ccxt.NetworkError, 'unavailable'],
  [ccxt.BadRequest, 'invalid_order'],
  [ccxt.ArgumentsRequired, 'invalid_order'],
  [ccxt.NotSupported, 'other'],
];

const FINAL: ReadonlySet<ExchangeErrorCode> = new Set<ExchangeErrorCode>([
  'unknown_market',
  'unknown_order',
  'duplicate_order',
  'invalid_order',
  'permission_denied',
  'bad_credentials',
  'other',
]);

function codeOf(error: unknown): ExchangeErrorCode | null {
  return BY_CLASS.find(([type]) => error instanceof type)?.[1] ?? null;
}

const isFinal = (code: ExchangeErrorCode | null): boolean => code !== null && FINAL.has(code);

function reason(
  { written, answer }: Trace,
  said: { code: string; message: string } | null,
  error: unknown,
): string {
  if (said) return `${said.message.replace(/\.$/, '')} (${said.code})`;
  if (answer) return `HTTP ${answer.status}`;
  if (error instanceof Error && error.name === 'Timeout') return error.message;
  const systemCode = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return written ? `no answer came${systemCode}` : `it cannot be reached${systemCode}`;
}

const SAID: Record<Phase, string> = {
  before_call: 'was not asked',
  refused: 'refused',
  unknown: 'may or may not have done it',
  accepted: 'accepted, but its answer could not be used',
};

/** What to do next, by code. */
const ADVICE: Partial<Record<ExchangeErrorCode, string>> = {
  bad_credentials: 'Check the API key, its secret, its permissions and the addresses it is bound to.',
  permission_denied: 'Give the API key the permission to trade, or use another account.',
  insufficient_funds: 'Add funds or make the order smaller.',
  below_minimum: 'Make the order larger.',
  unknown_market: 'Choose a market that this exchange lists.',
  clock_skew: "Set this machine's clock right.",
  invalid_address: 'Check the address, its network and its tag.',
  invalid_amount: "Check the coin, and the amount against the network's step.",
  unknown_sub_account: 'Open the sub-account first.',
  duplicate_id: 'Ask what was moved under the id.',
};

/** The same where it is not about an order. */
const ADVICE_ON_MONEY: Partial<Record<ExchangeErrorCode, string>> = {
  permission_denied: 'Give the API key the permissions to transfer and to withdraw, and allow the address.',
  insufficient_funds: 'Add funds or make the amount smaller.',
  below_minimum: 'Make the amount larger.',
};

function message(venue: string, purpose: Purpose, { code, phase }: Judged, why: string): string {
  const advice = (purpose === 'move' ? ADVICE_ON_MONEY[code] : undefined) ?? ADVICE[code];
  return `${venue} ${SAID[phase]}: ${why}.${advice ? ` ${advice}` : ''}`;
}
