import type { Timeframe } from '../../bots/market.ts';
import { hasWallet, keyRights } from './binance-rights.ts';
import { binanceTreasury } from './binance-treasury.ts';
import { WALLET_CODES } from './binance-wallet-codes.ts';
import type { VenueProfile, Verdict } from './profile.ts';

const WEIGHT_PER_MINUTE = 6_000;
/** ccxt counts one request weight as 0.2 units. */
const UNITS_PER_WEIGHT = 0.2;

/** Binance Spot. Codes and their meaning: Binance Spot API docs, "Error codes"; limits: "LIMITS". */
export const binance: VenueProfile = {
  id: 'binance',
  name: 'Binance',
  options: {
    defaultType: 'spot',
    fetchMarkets: { types: ['spot'] },
    fetchCurrencies: false,
    fetchMargins: false,
    recvWindow: 5_000,
    // An order is sent once. ccxt would otherwise repeat one that failed when somebody sets these for reads.
    maxRetriesOnFailure: 0,
    // Our own reconnecting waits, with jitter and under the limiter.
    ws: { cost: 5, backoff: { base: 0 } },
    // Four sockets carry every market instead of one socket a market.
    streamLimits: { spot: 4 },
    subscriptionLimitByStream: { spot: 1_000 },
    tradesLimit: 100,
    ordersLimit: 200,
    OHLCVLimit: 10,
  },
  unitsPerMinute: WEIGHT_PER_MINUTE * UNITS_PER_WEIGHT,
  publishedUnits,
  usedUnits(headers) {
    const used = Number(headers['x-mbx-used-weight-1m'] ?? Number.NaN);
    return Number.isFinite(used) ? used * UNITS_PER_WEIGHT : null;
  },
  readError,
  judge: ({ code, message }) =>
    byMessage(code, message) ?? BY_CODE[code] ?? WALLET_CODES[code] ?? byRange(Number(code)),
  orderLimitMs,
  // Without `fromId` the newest page comes, not the first.
  fillsAfter: (tradeId) => ({ fromId: tradeId === null ? '0' : (BigInt(tradeId) + 1n).toString() }),
  // By time it would be a day a call.
  ordersAfter: (orderId) => ({ orderId: (BigInt(orderId ?? 0) + 1n).toString() }),
  pageSize: 1_000,
  closedCandle,
  keyRights,
  treasury: { isServed: hasWallet, open: binanceTreasury },
  openAccountStream: (client) => client.authenticate(),
};

const refused = (code: Verdict['code'], final: boolean): Verdict => ({ code, phase: 'refused', final });
const unknown = (code: Verdict['code']): Verdict => ({ code, phase: 'unknown', final: false });

const BY_CODE: Record<string, Verdict> = {
  '-1000': unknown('unavailable'),
  '-1001': unknown('unavailable'),
  '-1002': refused('permission_denied', true),
  '-1003': refused('rate_limited', false),
  '-1006': unknown('unavailable'),
  '-1007': unknown('unavailable'),
  '-1008': unknown('unavailable'),
  '-1013': refused('invalid_order', true),
  '-1015': refused('rate_limited', false),
  '-1016': refused('unavailable', false),
  '-1020': refused('permission_denied', true),
  '-1021': refused('clock_skew', false),
  '-1022': refused('bad_credentials', true),
  '-1034': refused('rate_limited', false),
  '-1121': refused('unknown_market', true),
  '-2010': refused('invalid_order', true),
  '-2011': refused('unknown_order', true),
  '-2013': refused('unknown_order', true),
  '-2014': refused('bad_credentials', true),
  '-2015': refused('bad_credentials', true),
  '-2026': refused('unknown_order', true),
};

/**
 * -1013, -2010 and -2011 say what they mean only in their message. The limits on open orders (MAX_NUM_ORDERS,
 * MAX_NUM_ALGO_ORDERS …) come under either code. What depends on the moment is not final.
 */
const BY_MESSAGE: readonly [code: string, text: string, verdict: Verdict][] = [
  ['-1013', 'NOTIONAL', refused('below_minimum', true)],
  ['-1013', 'MAX_NUM_', refused('invalid_order', false)],
  ['-1013', 'PERCENT_PRICE', refused('invalid_order', false)],
  ['-1013', 'Market is closed', refused('unavailable', false)],
  ['-2010', 'insufficient balance', refused('insufficient_funds', false)],
  ['-2010', 'Duplicate order', refused('duplicate_order', true)],
  ['-2010', 'Market is closed', refused('unavailable', false)],
  ['-2010', 'MAX_NUM_', refused('invalid_order', false)],
  ['-2010', 'immediately match', refused('invalid_order', false)],
  ['-2010', 'trigger immediately', refused('invalid_order', false)],
  ['-2010', 'disabled', refused('permission_denied', true)],
  ['-2010', 'not permitted', refused('permission_denied', true)],
];

function byMessage(code: string, message: string): Verdict | null {
  return BY_MESSAGE.find(([c, text]) => c === code && message.includes(text))?.[2] ?? null;
}

/** -1100 to -1199: something in the request is not as it must be. */
function byRange(code: number): Verdict | null {
  return code <= -1100 && code > -1200 ? refused('invalid_order', true) : null;
}

const WINDOW_MS: Record<string, number> = { SECOND: 1_000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };

/** -1015 counts an account's unfilled orders in windows that begin with the clock's; their end is not in the answer. */
function orderLimitMs({ code, message }: { code: string; message: string }, now: number): number | null {
  if (code !== '-1015') return null;
  const [, many, unit] = /per (\d+) (SECOND|MINUTE|HOUR|DAY)/.exec(message) ?? [];
  const windowMs = Number(many ?? 10) * (WINDOW_MS[unit ?? 'SECOND'] ?? 1_000);
  // The venue's clock may be a little behind ours.
  return Math.max(1_000, windowMs - (now % windowMs));
}

function publishedUnits(exchangeInfo: string): number | null {
  const { rateLimits } = JSON.parse(exchangeInfo) as { rateLimits?: Record<string, unknown>[] };
  const weight = rateLimits?.find(
    (limit) =>
      limit['rateLimitType'] === 'REQUEST_WEIGHT' &&
      limit['interval'] === 'MINUTE' &&
      limit['intervalNum'] === 1,
  );
  const perMinute = Number(weight?.['limit'] ?? 0);
  return perMinute > 0 ? perMinute * UNITS_PER_WEIGHT : null;
}

function readError(body: string): { code: string; message: string } | null {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || !('code' in parsed)) return null;
    const message = 'msg' in parsed ? String(parsed.msg) : '';
    return { code: String(parsed.code), message };
  } catch {
    return null;
  }
}

/** Binance marks a candle that has closed with `k.x`. */
function closedCandle(message: unknown): ReturnType<VenueProfile['closedCandle']> {
  const { k } = (message ?? {}) as { k?: Record<string, unknown> };
  if (k?.['x'] !== true) return null;
  return {
    marketId: String(k['s']),
    timeframe: k['i'] as Timeframe,
    candle: {
      openTime: Number(k['t']),
      open: Number(k['o']),
      high: Number(k['h']),
      low: Number(k['l']),
      close: Number(k['c']),
      volume: Number(k['v']),
    },
  };
}
