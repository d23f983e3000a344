import type { Candle, Timeframe } from '../../bots/market.ts';
import type { ExchangeErrorCode, KeyRights } from '../port.ts';
import type { Treasury } from '../treasury.ts';
import type { TreasuryParts } from './treasury.ts';
import type { Client } from './unified.ts';

/** What a venue's own code says about a call. */
export interface Verdict {
  code: ExchangeErrorCode;
  /** `unknown`: the call may have had its effect. */
  phase: 'refused' | 'unknown';
  final: boolean;
}

/** A candle of a market's stream that has closed. */
export interface ClosedCandle {
  /** The venue's own name of the market. */
  marketId: string;
  timeframe: Timeframe;
  candle: Candle;
}

/** What the adapter must know of a venue beyond what ccxt unifies. A new venue is one of these and a line in `profiles.ts`. */
export interface VenueProfile {
  /** ccxt's id of the exchange. */
  id: string;
  /** The venue's name for people. */
  name: string;
  /** ccxt options over ccxt's defaults. */
  options: Record<string, unknown>;
  /** What one network address may spend in a minute, in ccxt's cost units, until the venue says otherwise. */
  unitsPerMinute: number;
  /** The same as the venue publishes it with its markets; null where it does not. */
  publishedUnits(marketsAnswer: string): number | null;
  /** What this address has used of it in the running minute, from an answer's headers; null where they do not say. */
  usedUnits(headers: Record<string, string>): number | null;
  /** The venue's code and message in an error's body, or null where there is none. */
  readError(body: string): { code: string; message: string } | null;
  /** Null where the code decides nothing: the HTTP status and ccxt's own error class do then. */
  judge(error: { code: string; message: string }): Verdict | null;
  /** How long the account may place no more orders, ms, where that is what the error says; null for any other error. */
  orderLimitMs(error: { code: string; message: string }, now: number): number | null;
  /** Parameters that ask for own trades after `tradeId`, oldest first; null: from the first on. */
  fillsAfter: (tradeId: string | null) => Record<string, unknown>;
  /** Parameters that ask for own orders after `orderId`, oldest first; null: from the first on. */
  ordersAfter: (orderId: string | null) => Record<string, unknown>;
  /** Most fills that one answer brings, most orders and most candles. */
  pageSize: number;
  /** Reads a raw stream message; null where it is no closed candle or the venue does not mark them. */
  closedCandle(message: unknown): ClosedCandle | null;
  /** Asks what the client's key may do. */
  keyRights(client: Client): Promise<KeyRights>;
  /** Money in, out and between accounts; absent where the adapter knows nothing of it. */
  treasury?: {
    /** False where the venue is reached by addresses without it, as its test network. */
    isServed(client: Client): boolean;
    open(parts: TreasuryParts): Omit<Treasury, 'close'>;
  };
  /** Resolves once the venue has confirmed the account's own stream. */
  openAccountStream(client: Client): Promise<void>;
}
