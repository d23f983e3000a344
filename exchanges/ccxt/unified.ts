import type { Timeframe } from '../../bots/market.ts';
import type { Amount } from '../../bots/money.ts';

/** ccxt's unified structures, as far as we read them. Amounts are strings: our clients are set so. */
export interface CcxtMarket {
  id: string;
  symbol: string;
  base: string;
  quote: string;
  spot: boolean;
  active: boolean | undefined;
  taker: string | number | undefined;
  maker: string | number | undefined;
  precision: { amount: string | undefined; price: string | undefined };
  limits: {
    amount: { min: string | undefined; max: string | undefined };
    /** Of market orders, where the venue has limits of their own for them. */
    market?: { max: string | undefined };
    cost: { min: string | undefined };
  };
}

export interface CcxtOrder {
  id: string | undefined;
  clientOrderId: string | undefined;
  symbol: string;
  side: string | undefined;
  type: string | undefined;
  price: string | undefined;
  amount: string | undefined;
  filled: string | undefined;
  status: string | undefined;
  timestamp: number | undefined;
}

export interface CcxtTrade {
  id: string | undefined;
  order: string | undefined;
  side: string | undefined;
  price: string | undefined;
  amount: string | undefined;
  fee: { cost: string | undefined; currency: string | undefined } | undefined;
  takerOrMaker: string | undefined;
  timestamp: number | undefined;
}

/** `[openTime, open, high, low, close, volume]`. */
export type CcxtCandle = [number, ...(string | number)[]];

/** An answer as it came, past what ccxt unifies. ccxt leaves its numbers as text. */
export type Answered = Record<string, unknown>;

/** The part of a ccxt client that the adapter uses, with amounts as strings where ccxt's own types say number. */
export interface Client {
  readonly urls: { api: Record<string, unknown> };
  readonly markets: Record<string, CcxtMarket> | undefined;
  fetchMarkets(): Promise<CcxtMarket[]>;
  setMarkets(markets: CcxtMarket[]): void;
  safeSymbol(marketId: string): string;
  fetchTime(): Promise<number>;
  fetchTicker(symbol: string): Promise<{ last: string | undefined; timestamp: number | undefined }>;
  fetchOHLCV(
    symbol: string,
    timeframe: Timeframe,
    since: number | undefined,
    limit: number,
  ): Promise<CcxtCandle[]>;
  fetchBalance(): Promise<{ free: Record<string, string>; used: Record<string, string> }>;
  createOrder(
    symbol: string,
    type: 'limit' | 'market',
    side: 'buy' | 'sell',
    amount: Amount,
    price: Amount | undefined,
    params: { clientOrderId: string },
  ): Promise<CcxtOrder>;
  cancelOrder(id: undefined, symbol: string, params: { clientOrderId: string }): Promise<CcxtOrder>;
  fetchOrder(id: undefined, symbol: string, params: { clientOrderId: string }): Promise<CcxtOrder>;
  fetchOpenOrders(symbol: string): Promise<CcxtOrder[]>;
  fetchOrders(
    symbol: string,
    since: undefined,
    limit: number,
    params: Record<string, unknown>,
  ): Promise<CcxtOrder[]>;
  fetchOrderTrades(
    id: string,
    symbol: string,
    since: undefined,
    limit: number,
    params: Record<string, unknown>,
  ): Promise<CcxtTrade[]>;
  /** Binance's own, past what ccxt unifies; answers as they came. */
  privateGetAccount(params: Record<string, string>): Promise<Answered>;
  sapiGetAccountApiRestrictions(): Promise<Answered>;
  sapiGetCapitalConfigGetall(): Promise<Answered[]>;
  sapiGetCapitalDepositSubAddress(params: Record<string, string>): Promise<Answered>;
  sapiGetCapitalDepositSubHisrec(params: Record<string, string>): Promise<Answered[]>;
  sapiGetSubAccountList(params: Record<string, string>): Promise<Answered>;
  sapiPostSubAccountVirtualSubAccount(params: Record<string, string>): Promise<Answered>;
  sapiV4GetSubAccountAssets(params: Record<string, string>): Promise<Answered>;
  sapiGetSubAccountUniversalTransfer(params: Record<string, string>): Promise<Answered>;
  sapiPostSubAccountUniversalTransfer(params: Record<string, string>): Promise<Answered>;
  sapiGetCapitalWithdrawHistory(params: Record<string, string>): Promise<Answered[]>;
  sapiPostCapitalWithdrawApply(params: Record<string, string>): Promise<Answered>;
  watchTrades(symbol: string): Promise<CcxtTrade[]>;
  unWatchTrades(symbol: string): Promise<unknown>;
  watchOHLCV(symbol: string, timeframe: Timeframe): Promise<CcxtCandle[]>;
  unWatchOHLCV(symbol: string, timeframe: Timeframe): Promise<unknown>;
  watchOrders(): Promise<CcxtOrder[]>;
  authenticate(): Promise<void>;
  handleMessage: (this: Client, socket: unknown, message: unknown) => void;
  parseJson(text: string): unknown;
  close(): Promise<void>;
}
