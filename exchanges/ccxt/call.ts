import type { Agent } from 'undici';
import { ExchangeError } from '../port.ts';
import { derive } from './client.ts';
import type { VenueClock } from './clock.ts';
import {
  classify,
  orderLimitMs,
  retryAfterMs,
  UnreadableAnswer,
  type Purpose,
  type Trace,
} from './errors.ts';
import { send, type Answer } from './http.ts';
import type { Limiter } from './limiter.ts';
import type { OrderLimit } from './order-limit.ts';
import type { VenueProfile } from './profile.ts';
import type { Redact } from './redaction.ts';
import type { Client } from './unified.ts';

/** What all calls to one (exchange, egress) share. */
export interface Line {
  profile: VenueProfile;
  limiter: Limiter;
  clock: VenueClock;
  agent: Agent;
  timeoutMs: number;
}

export interface CallOptions {
  purpose: Purpose;
  redact: Redact;
  /** The account's, where the call is one of an account. */
  orderLimit?: OrderLimit;
  /** Epoch ms on this machine's clock past which nothing is written. */
  sendBefore?: number;
}

/**
 * Makes one call through ccxt. Throws `ExchangeError` only. A venue that finds our clock wrong has done nothing: the clock
 * is measured again and the call made once more.
 */
export async function call<T>(
  line: Line,
  client: Client,
  options: CallOptions,
  use: (client: Client, trace: Readonly<Trace>) => Promise<T>,
): Promise<T> {
  try {
    return await callOnce(line, client, options, use);
  } catch (error) {
    if (!(error instanceof ExchangeError && error.code === 'clock_skew')) throw error;
    await line.clock.resync();
    return callOnce(line, client, options, use);
  }
}

async function callOnce<T>(
  line: Line,
  client: Client,
  options: CallOptions,
  use: (client: Client, trace: Readonly<Trace>) => Promise<T>,
): Promise<T> {
  const trace: Trace = { purpose: options.purpose, written: false, answer: null };
  try {
    return await use(derive(client, hooks(line, client, options, trace)), trace);
  } catch (error) {
    throw classify(line.profile, options.redact, trace, error);
  }
}

/** Where ccxt lets us in: before its turn, in place of its HTTP client, and at the reading of the answer. */
function hooks(line: Line, client: Client, options: CallOptions, trace: Trace): object {
  const { purpose, sendBefore, orderLimit } = options;
  const checkOrderLimit = (): void => (purpose === 'place' ? orderLimit?.check() : undefined);
  return {
    throttle: async (cost = 1) => {
      checkOrderLimit();
      await line.limiter.turn(cost, purpose);
    },
    fetchImplementation: async (url: string, init: Pick<RequestParts, 'method' | 'headers' | 'body'>) => {
      const beforeWrite = (): void => {
        line.limiter.check();
        checkOrderLimit();
        if (sendBefore !== undefined && Date.now() >= sendBefore) throw tooLate(line.profile.name);
        trace.written = true;
      };
      const { timeoutMs } = line;
      const answer = await send(line.agent, { url, ...init, timeoutMs, beforeWrite });
      trace.answer = answer;
      heed(line, answer, orderLimit);
      return {
        status: answer.status,
        statusText: '',
        headers: answer.headers,
        text: async () => answer.body,
      };
    },
    parseJson: (text: string) => {
      const parsed = client.parseJson(text);
      if (parsed === undefined && trace.answer !== null && trace.answer.status < 400)
        throw new UnreadableAnswer();
      return parsed;
    },
  };
}

type RequestParts = Parameters<typeof send>[1];

/** A limit of the account's own leaves the others of its address alone. */
function heed({ limiter, profile, clock }: Line, answer: Answer, orderLimit?: OrderLimit): void {
  const ordersFullForMs = orderLimitMs(profile, answer);
  const forMs = ordersFullForMs === null ? retryAfterMs(answer) : null;
  if (ordersFullForMs !== null) orderLimit?.close(ordersFullForMs);
  if (forMs !== null) limiter.close(forMs, answer.status === 418 ? 'banned' : 'rate_limited');
  else limiter.heed(profile.usedUnits(answer.headers) ?? 0, clock.now());
}

function tooLate(venue: string): ExchangeError {
  return new ExchangeError(`Its time ran out before it could be sent to ${venue}: nothing was sent.`, {
    code: 'too_late',
    phase: 'before_call',
    retrySafe: true,
    final: false,
  });
}
