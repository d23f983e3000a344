import type { Amount } from '../../bots/money.ts';
import type { Listing } from './prices/open.ts';

/** Tick size, step size and start price of well-known markets, as Binance Spot has them. */
const KNOWN: Readonly<Record<string, readonly [tickSize: Amount, stepSize: Amount, startPrice: Amount]>> = {
  BTCUSDT: ['0.01', '0.00001', '65000'],
  ETHUSDT: ['0.01', '0.0001', '3200'],
  BTCUSDC: ['0.01', '0.00001', '65000'],
  ETHUSDC: ['0.01', '0.0001', '3200'],
  BNBUSDT: ['0.01', '0.001', '600'],
  SOLUSDT: ['0.01', '0.001', '150'],
  XRPUSDT: ['0.0001', '0.1', '0.6'],
  ADAUSDT: ['0.0001', '0.1', '0.45'],
  DOGEUSDT: ['0.00001', '1', '0.12'],
  TRXUSDT: ['0.0001', '0.1', '0.13'],
  AVAXUSDT: ['0.01', '0.01', '28'],
  LINKUSDT: ['0.01', '0.01', '14'],
  DOTUSDT: ['0.001', '0.01', '6'],
  LTCUSDT: ['0.01', '0.001', '75'],
  ETHBTC: ['0.00001', '0.0001', '0.049'],
  BNBBTC: ['0.000001', '0.001', '0.0092'],
  SOLBTC: ['0.0000001', '0.01', '0.0023'],
};
const UNKNOWN = ['0.0001', '0.01', '10'] as const;

/** Least notional by quote asset. */
const MIN_NOTIONAL: Readonly<Record<string, Amount>> = {
  USDT: '5',
  USDC: '5',
  FDUSD: '5',
  BTC: '0.0001',
  ETH: '0.001',
  BNB: '0.01',
};

/** The rules of a market by its name, like `BTCUSDT`; one that is not well known starts at 10. Throws for what is no pair. */
export function listingOf(symbol: string): Listing {
  const quote = Object.keys(MIN_NOTIONAL).find(
    (asset) => symbol.endsWith(asset) && symbol.length > asset.length,
  );
  if (quote === undefined || !/^[A-Z0-9]{4,20}$/.test(symbol)) {
    const quotes = Object.keys(MIN_NOTIONAL).join(', ');
    throw new Error(
      `"${symbol}" is no market: write base and quote in one word, like BTCUSDT; quotes are ${quotes}.`,
    );
  }
  const [tickSize, stepSize, startPrice] = KNOWN[symbol] ?? UNKNOWN;
  return {
    startPrice,
    rules: {
      symbol,
      base: symbol.slice(0, -quote.length),
      quote,
      tickSize,
      minPrice: tickSize,
      maxPrice: '1000000',
      stepSize,
      minQuantity: stepSize,
      maxQuantity: '9000000',
      maxMarketQuantity: '1000000',
      minNotional: MIN_NOTIONAL[quote] ?? '5',
      maxOrders: 200,
      bidMultiplierUp: '5',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '5',
      askMultiplierDown: '0.2',
    },
  };
}
