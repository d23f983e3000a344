import type { Market } from '../../bots/market.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { ExchangeError } from '../port.ts';
import { UnreadableAnswer } from './errors.ts';
import type { CcxtMarket, Client } from './unified.ts';

/** Listings and trading rules change; an hour old is fresh enough. */
const FRESH_MS = 3_600_000;
/** A market that is not there may have just been listed, but not every second. */
const LOOK_AGAIN_MS = 60_000;

/** A venue's spot markets, loaded once into the client that all accounts share. */
export interface Markets {
  /** Fails with `unknown_market`. */
  market: (symbol: string) => Promise<Market>;
  /** Resolves once the client knows its markets: ccxt needs them for every other call. */
  ready: () => Promise<void>;
}

export function createMarkets(venue: string, client: Client, load: () => Promise<void>): Markets {
  let loadedAt = 0;
  let loading: Promise<void> | null = null;

  const refresh = (): Promise<void> => {
    loading ??= load()
      .then(() => void (loadedAt = Date.now()))
      .finally(() => (loading = null));
    return loading;
  };

  async function ready(): Promise<void> {
    if (loadedAt === 0) return refresh();
    // What is known stays good while it is looked up again; a failure is tried again by the next caller.
    if (Date.now() - loadedAt > FRESH_MS) refresh().catch(() => undefined);
  }

  const find = (symbol: string): CcxtMarket | undefined => {
    const markets = client.markets;
    return markets && Object.hasOwn(markets, symbol) && markets[symbol]!.spot ? markets[symbol] : undefined;
  };

  return {
    ready,
    async market(symbol) {
      await ready();
      if (!find(symbol) && Date.now() - loadedAt > LOOK_AGAIN_MS) await refresh();
      const market = find(symbol);
      if (!market) throw unknownMarket(venue, symbol);
      return toMarket(market);
    },
  };
}

function toMarket({ symbol, base, quote, precision, limits, taker, maker }: CcxtMarket): Market {
  const { min, max } = limits.amount;
  return {
    symbol,
    base,
    quote,
    tickSize: required(precision.price, 'tick size'),
    stepSize: required(precision.amount, 'step size'),
    minQuantity: exact(min ?? '0'),
    maxQuantity: most(max),
    maxMarketQuantity: most(limits.market?.max),
    minNotional: exact(limits.cost.min ?? '0'),
    takerFee: exact(taker ?? '0'),
    makerFee: exact(maker ?? '0'),
  };
}

/** Binance writes "no limit" as zero. */
function most(max: string | undefined): Amount | null {
  return max === undefined || Number(max) === 0 ? null : exact(max);
}

/** An amount as ccxt hands it over, in plain digits. */
export function exact(amount: string | number): Amount {
  const value = new Decimal(amount);
  if (!value.isFinite()) throw new UnreadableAnswer(`not an amount: ${amount}`);
  return value.toFixed();
}

/** The same, for what an answer cannot lack. */
export function required(amount: string | number | undefined, what: string): Amount {
  if (amount === undefined) throw new UnreadableAnswer(`without ${what}`);
  return exact(amount);
}

function unknownMarket(venue: string, symbol: string): ExchangeError {
  return new ExchangeError(`${venue} has no spot market ${symbol.slice(0, 40)}. Choose one that it lists.`, {
    code: 'unknown_market',
    phase: 'before_call',
    retrySafe: true,
    final: true,
  });
}
