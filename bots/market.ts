import type { Amount } from './money.ts';

/** The trading rules of one market, as the venue publishes them. Amounts in base, prices and notional in quote. */
export interface Market {
  /** `BASE/QUOTE`, e.g. `BTC/USDT`. */
  symbol: string;
  base: string;
  quote: string;
  /** Prices are multiples of this. */
  tickSize: Amount;
  /** Quantities are multiples of this. */
  stepSize: Amount;
  minQuantity: Amount;
  maxQuantity: Amount | null;
  /** The most of one market order, where that is less. */
  maxMarketQuantity: Amount | null;
  /** Least price x quantity of an order. */
  minNotional: Amount;
  /** Taker fee as a fraction (`"0.001"` is 0.1 %). */
  takerFee: Amount;
  makerFee: Amount;
}

/** A closed candle. Floats: candles feed indicators, never money. `openTime` in epoch ms. */
export interface Candle {
  openTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** Candle lengths every adapter serves. */
export type Timeframe = '1s' | '1m' | '5m' | '15m' | '1h' | '4h' | '1d';
