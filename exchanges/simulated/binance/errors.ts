import type { Rejection, RejectionReason } from '../engine/types.ts';

/** An answer that says no, in Binance's words: HTTP status, code and message; `headers` and `data` where the answer has more. */
export class BinanceError extends Error {
  override readonly name = 'BinanceError';
  readonly status: number;
  readonly code: number;
  readonly retryAfterSeconds: number | null;
  readonly data: unknown;

  constructor(
    code: number,
    message: string,
    more: { status?: number; retryAfterSeconds?: number; data?: unknown } = {},
  ) {
    super(message);
    this.code = code;
    this.status = more.status ?? 400;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
    this.data = more.data;
  }

  /** The JSON body of the answer. */
  body(): { code: number; msg: string; data?: unknown } {
    const body = { code: this.code, msg: this.message };
    return this.data === undefined ? body : { ...body, data: this.data };
  }
}

const FILTER = -1013;
const NEW_ORDER_REJECTED = -2010;

/** The engine's reasons as Binance says them (Spot API docs, "Errors", sections "Filter failures" and "NEW_ORDER_REJECTED"). */
const REJECTIONS: Record<RejectionReason, readonly [code: number, message: string]> = {
  UNKNOWN_SYMBOL: [-1121, 'Invalid symbol.'],
  UNKNOWN_ORDER: [-2011, 'Unknown order sent.'],
  DUPLICATE_CLIENT_ORDER_ID: [NEW_ORDER_REJECTED, 'Duplicate order sent.'],
  INSUFFICIENT_BALANCE: [NEW_ORDER_REJECTED, 'Account has insufficient balance for requested action.'],
  PRICE_FILTER: [FILTER, 'Filter failure: PRICE_FILTER'],
  LOT_SIZE: [FILTER, 'Filter failure: LOT_SIZE'],
  MARKET_LOT_SIZE: [FILTER, 'Filter failure: MARKET_LOT_SIZE'],
  NOTIONAL: [FILTER, 'Filter failure: NOTIONAL'],
  PERCENT_PRICE_BY_SIDE: [FILTER, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  // Not -1013 as the other filters: it depends on the account's orders, which the matching engine sees.
  MAX_NUM_ORDERS: [NEW_ORDER_REJECTED, 'Filter failure: MAX_NUM_ORDERS'],
  WOULD_MATCH_IMMEDIATELY: [NEW_ORDER_REJECTED, 'Order would immediately match and take.'],
  STOP_WOULD_TRIGGER_IMMEDIATELY: [NEW_ORDER_REJECTED, 'Stop price would trigger immediately.'],
};

export function fromRejection(rejection: Rejection): BinanceError {
  const [code, message] = REJECTIONS[rejection.reason];
  return new BinanceError(code, message);
}

export const invalidSymbol = (): BinanceError => fromReason('UNKNOWN_SYMBOL');
export const unknownOrder = (): BinanceError => fromReason('UNKNOWN_ORDER');
export const orderDoesNotExist = (): BinanceError => new BinanceError(-2013, 'Order does not exist.');

export const missing = (parameter: string): BinanceError =>
  new BinanceError(-1102, `Mandatory parameter '${parameter}' was not sent, was empty/null, or malformed.`);
export const illegalCharacters = (parameter: string, range: string): BinanceError =>
  new BinanceError(-1100, `Illegal characters found in parameter '${parameter}'; legal range is '${range}'.`);
export const duplicated = (parameter: string): BinanceError =>
  new BinanceError(-1101, `Duplicate values for parameter '${parameter}' detected.`);
export const notAllRead = (read: number, sent: number): BinanceError =>
  new BinanceError(
    -1104,
    `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`,
  );
export const empty = (parameter: string): BinanceError =>
  new BinanceError(-1105, `Parameter '${parameter}' was empty.`);
export const notRequired = (parameter: string): BinanceError =>
  new BinanceError(-1106, `Parameter '${parameter}' sent when not required.`);
export const tooPrecise = (parameter: string): BinanceError =>
  new BinanceError(-1111, `Parameter '${parameter}' has too much precision.`);
export const notValid = (parameter: string): BinanceError =>
  new BinanceError(-1130, `Data sent for parameter '${parameter}' is not valid.`);

/** The answer that leaves the fate of the order open. */
export const timeout = (): BinanceError =>
  new BinanceError(
    -1007,
    'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
    { status: 504 },
  );
export const badApiKeyFormat = (): BinanceError =>
  new BinanceError(-2014, 'API-key format invalid.', { status: 401 });
export const badApiKey = (): BinanceError =>
  new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', { status: 401 });
export const notAuthorized = (): BinanceError =>
  new BinanceError(-1002, 'You are not authorized to execute this request.', { status: 401 });
export const badSignature = (): BinanceError =>
  new BinanceError(-1022, 'Signature for this request is not valid.');

export const tooMuchWeight = (limit: number, retryAfterSeconds: number): BinanceError =>
  new BinanceError(
    -1003,
    `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE. ` +
      'Please use WebSocket Streams for live updates to avoid polling the API.',
    { status: 429, retryAfterSeconds },
  );
export const banned = (until: number, retryAfterSeconds: number): BinanceError =>
  new BinanceError(
    -1003,
    `Way too much request weight used; IP banned until ${until}. ` +
      'Please use WebSocket Streams for live updates to avoid bans.',
    { status: 418, retryAfterSeconds },
  );
/** An account's own limit: without the Retry-After that the limits of an address have (Spot API docs, "Unfilled Order Count"). */
export const tooManyOrders = (limit: number, window: string): BinanceError =>
  new BinanceError(-1015, `Too many new orders; current limit is ${limit} orders per ${window}.`, {
    status: 429,
  });

function fromReason(reason: RejectionReason): BinanceError {
  const [code, message] = REJECTIONS[reason];
  return new BinanceError(code, message);
}
