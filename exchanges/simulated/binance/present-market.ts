import { Decimal } from '../../../bots/money.ts';
import type { DayStatistics, Depth, EngineCandle, PublicTrade, SymbolRules } from '../engine/types.ts';
import { MAX_NOTIONAL } from '../engine/filters.ts';
import { eightDecimals, SELF_TRADE_PREVENTION } from './present-order.ts';
import type { RateLimits } from './weights.ts';

const ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
];

export function rateLimits(limits: RateLimits): object[] {
  return [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: limits.weightPerMinute },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: limits.ordersPerTenSeconds },
    { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: limits.ordersPerDay },
  ];
}

/** A symbol of `GET /api/v3/exchangeInfo`. */
export function symbolInfo(rules: SymbolRules): object {
  return {
    symbol: rules.symbol,
    status: 'TRADING',
    baseAsset: rules.base,
    baseAssetPrecision: 8,
    quoteAsset: rules.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ORDER_TYPES,
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filters(rules),
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: SELF_TRADE_PREVENTION,
    allowedSelfTradePreventionModes: [SELF_TRADE_PREVENTION],
  };
}

/** A row of `GET /api/v3/klines`. */
export function kline(candle: EngineCandle): unknown[] {
  return [
    candle.openTime,
    eightDecimals(candle.open),
    eightDecimals(candle.high),
    eightDecimals(candle.low),
    eightDecimals(candle.close),
    eightDecimals(candle.volume),
    candle.closeTime,
    eightDecimals(candle.quoteVolume),
    candle.trades,
    eightDecimals(candle.takerBaseVolume),
    eightDecimals(candle.takerQuoteVolume),
    '0',
  ];
}

export function publicTrade(trade: PublicTrade): object {
  return {
    id: trade.tradeId,
    price: eightDecimals(trade.price),
    qty: eightDecimals(trade.quantity),
    quoteQty: new Decimal(trade.price).mul(trade.quantity).toFixed(8),
    time: trade.at,
    isBuyerMaker: trade.buyerIsMaker,
    isBestMatch: true,
  };
}

/** One public trade is one aggregate here. */
export function aggregateTrade(trade: PublicTrade): object {
  return {
    a: trade.tradeId,
    p: eightDecimals(trade.price),
    q: eightDecimals(trade.quantity),
    f: trade.tradeId,
    l: trade.tradeId,
    T: trade.at,
    m: trade.buyerIsMaker,
    M: true,
  };
}

export function bookTicker(symbol: string, depth: Depth): object {
  const { bid, ask } = best(depth);
  return { symbol, bidPrice: bid[0], bidQty: bid[1], askPrice: ask[0], askQty: ask[1] };
}

/** The best price and quantity of each side, zeros where there is none. */
export function best(depth: Depth): { bid: [string, string]; ask: [string, string] } {
  return { bid: level(depth.bids[0]), ask: level(depth.asks[0]) };
}

export function levels(side: Depth['bids']): [string, string][] {
  return side.map(level);
}

/** What a day's statistics come to beside what they say: change, percent, weighted average. */
export function dayChange(day: DayStatistics): {
  change: string;
  percent: string;
  weighted: string;
  previous: string;
} {
  const change = new Decimal(day.last).minus(day.open);
  const volume = new Decimal(day.volume);
  return {
    change: change.toFixed(8),
    percent: new Decimal(day.open).isZero() ? '0.000' : change.div(day.open).mul(100).toFixed(3),
    weighted: volume.isZero() ? eightDecimals(day.last) : new Decimal(day.quoteVolume).div(volume).toFixed(8),
    previous: eightDecimals(day.open),
  };
}

/** `type=MINI` of the 24 hour ticker. */
export function miniTicker(day: DayStatistics): object {
  return {
    symbol: day.symbol,
    openPrice: eightDecimals(day.open),
    highPrice: eightDecimals(day.high),
    lowPrice: eightDecimals(day.low),
    lastPrice: eightDecimals(day.last),
    volume: eightDecimals(day.volume),
    quoteVolume: eightDecimals(day.quoteVolume),
    openTime: day.openTime,
    closeTime: day.closeTime,
    firstId: day.firstTradeId,
    lastId: day.lastTradeId,
    count: day.trades,
  };
}

/** A ticker of `GET /api/v3/ticker/24hr`. `lastTrade` null where nothing was traded yet. */
export function dayTicker(day: DayStatistics, depth: Depth, lastTrade: PublicTrade | null): object {
  const { change, percent, weighted, previous } = dayChange(day);
  const { bid, ask } = best(depth);
  return {
    symbol: day.symbol,
    priceChange: change,
    priceChangePercent: percent,
    weightedAvgPrice: weighted,
    prevClosePrice: previous,
    lastPrice: eightDecimals(day.last),
    lastQty: eightDecimals(lastTrade?.quantity ?? null),
    bidPrice: bid[0],
    bidQty: bid[1],
    askPrice: ask[0],
    askQty: ask[1],
    openPrice: eightDecimals(day.open),
    highPrice: eightDecimals(day.high),
    lowPrice: eightDecimals(day.low),
    volume: eightDecimals(day.volume),
    quoteVolume: eightDecimals(day.quoteVolume),
    openTime: day.openTime,
    closeTime: day.closeTime,
    firstId: day.firstTradeId,
    lastId: day.lastTradeId,
    count: day.trades,
  };
}

function filters(rules: SymbolRules): object[] {
  const [minQty, maxQty, stepSize] = [rules.minQuantity, rules.maxQuantity, rules.stepSize].map(
    eightDecimals,
  );
  const mostAtMarket = eightDecimals(rules.maxMarketQuantity);
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: eightDecimals(rules.minPrice),
      maxPrice: eightDecimals(rules.maxPrice),
      tickSize: eightDecimals(rules.tickSize),
    },
    { filterType: 'LOT_SIZE', minQty, maxQty, stepSize },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: mostAtMarket, stepSize: '0.00000000' },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: rules.bidMultiplierUp,
      bidMultiplierDown: rules.bidMultiplierDown,
      askMultiplierUp: rules.askMultiplierUp,
      askMultiplierDown: rules.askMultiplierDown,
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: eightDecimals(rules.minNotional),
      applyMinToMarket: true,
      maxNotional: eightDecimals(MAX_NOTIONAL),
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: rules.maxOrders },
  ];
}

function level(row: [string, string] | undefined): [string, string] {
  return row === undefined ? ['0.00000000', '0.00000000'] : [eightDecimals(row[0]), eightDecimals(row[1])];
}
