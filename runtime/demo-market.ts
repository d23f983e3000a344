import { ceilTo, Decimal, floorTo, type Amount } from '../bots/money.ts';

/** What is read of a symbol in Binance's `exchangeInfo`. */
export interface Market {
  symbol: string;
  baseAsset: string;
  quoteAsset: string;
  filters: { filterType: string; tickSize?: Amount; stepSize?: Amount }[];
}

/** What a round of ping-pong buys and sells. */
export interface Round {
  quantity: Amount;
  buyPrice: Amount;
  sellPrice: Amount;
}

/** The simulated exchange's markets against an asset, in its order. */
export async function marketsAgainst(quote: string, exchangeUrl: string): Promise<Market[]> {
  const { symbols } = await ask<{ symbols: Market[] }>(exchangeUrl, 'exchangeInfo');
  return symbols.filter(({ quoteAsset }) => quoteAsset === quote);
}

/** `BTC/USDT`. */
export function tickerOf({ baseAsset, quoteAsset }: Market): string {
  return `${baseAsset}/${quoteAsset}`;
}

/**
 * Buys below and sells above what the price swings around: the average of the last minutes, wherever it is now. `distance` is a
 * fraction of it, `notional` what is bought for, about.
 */
export async function roundAround(
  exchangeUrl: string,
  { symbol, filters }: Market,
  { distance, notional }: { distance: Amount; notional: number },
): Promise<Round> {
  const { tickSize = '0.01' } = filters.find(({ filterType }) => filterType === 'PRICE_FILTER') ?? {};
  const { stepSize = '1' } = filters.find(({ filterType }) => filterType === 'LOT_SIZE') ?? {};
  const { price } = await ask<{ price: Amount }>(exchangeUrl, `avgPrice?symbol=${symbol}`);
  const one = new Decimal(1);
  return {
    quantity: ceilTo(new Decimal(notional).div(price).toSignificantDigits(1), stepSize).toFixed(),
    buyPrice: floorTo(one.sub(distance).mul(price), tickSize).toFixed(),
    sellPrice: ceilTo(one.add(distance).mul(price), tickSize).toFixed(),
  };
}

async function ask<T>(exchangeUrl: string, question: string): Promise<T> {
  const answer = await fetch(`${exchangeUrl}/api/v3/${question}`);
  if (!answer.ok)
    throw new Error(
      `The simulated exchange answered HTTP ${answer.status} to ${question}: ${await answer.text()}`,
    );
  return (await answer.json()) as T;
}
