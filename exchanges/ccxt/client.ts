import ccxt, { type Exchange as CcxtExchange } from 'ccxt';
import type { Timeframe } from '../../bots/market.ts';
import type { Amount } from '../../bots/money.ts';
import type { Credentials } from '../port.ts';
import type { VenueClock } from './clock.ts';
import type { VenueProfile } from './profile.ts';

/** Where a venue is reached: its real addresses, its test network, or one base URL that serves all of its APIs. */
export type Endpoint = 'live' | 'testnet' | `http://${string}` | `https://${string}`;

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

/** The part of a ccxt client that the adapter uses, with amounts as strings where ccxt's own types say number. */
export interface Client {
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
  fetchOrderTrades(
    id: string,
    symbol: string,
    since: undefined,
    limit: number,
    params: Record<string, unknown>,
  ): Promise<CcxtTrade[]>;
  fetchMyTrades(
    symbol: string,
    since: number | undefined,
    limit: number,
    params: Record<string, unknown>,
  ): Promise<CcxtTrade[]>;
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

/**
 * The one ccxt client of an (exchange, egress): keyless, it holds what all accounts share (markets, API tables), and it
 * carries the market streams. Everybody else is derived from it.
 */
export async function createClient(
  profile: VenueProfile,
  endpoint: Endpoint,
  clock: VenueClock,
): Promise<Client> {
  const Base = (ccxt.pro as unknown as Record<string, CcxtClass | undefined>)[profile.id];
  if (!Base) throw new TypeError(`ccxt has no exchange called ${profile.id}`);
  const client = new (sharable(Base))({
    enableRateLimit: true,
    newUpdates: true,
    number: String,
    options: profile.options,
  });
  if (endpoint === 'testnet') client.setSandboxMode(true);
  else if (endpoint !== 'live')
    client.urls['api'] = movedTo(endpoint, client.urls['api']) as typeof client.urls.api;
  Object.assign(client, EXACT_AMOUNTS, { nonce: () => clock.now() });
  // Looked for once here, or every derived client would look for itself.
  await client.loadProxyModules();
  await client.loadHttpProxyAgent();
  return client as unknown as Client;
}

/** The same client with an account's keys and streams of its own: some kilobytes, where a client of its own takes a megabyte. */
export function withCredentials(client: Client, { apiKey, secret }: Credentials): Client {
  const { options } = client as unknown as { options: object };
  const own = {
    apiKey,
    secret,
    clients: {},
    options: { ...options },
    balance: {},
    orders: undefined,
    myTrades: undefined,
  };
  return derive(client, own);
}

/** A client that behaves like `client` but for the given properties. What a call leaves on it is gone with it. */
export function derive(client: Client, own: object): Client {
  return Object.assign(Object.create(client) as Client, own);
}

type CcxtClass = new (config: object) => CcxtExchange;

/** ccxt would round prices through floats. Ours are rounded already; the venue's filters have the last word. */
const EXACT_AMOUNTS = {
  amountToPrecision: (_symbol: string, amount: Amount): Amount => amount,
  priceToPrecision: (_symbol: string, price: Amount): Amount => price,
};

function sharable(Base: CcxtClass): CcxtClass {
  return class extends Base {
    /** ccxt binds each endpoint to the object that defines it; a derived client must send with its own keys. */
    override defineRestApiEndpoint(
      _request: unknown,
      upperMethod: string,
      _lowerMethod: unknown,
      method: string,
      path: string,
      sections: string[],
      config: object = {},
    ): void {
      const [first = '', ...rest] = sections;
      const words = path.split(/[^a-zA-Z0-9]/);
      const name = first + rest.map(capital).join('') + method + words.map(capital).join('');
      const section = sections.length > 1 ? sections : first;
      Object.assign(this, {
        [name](this: CcxtExchange, params: object = {}) {
          return this.request(path, section as string, upperMethod, params, undefined, undefined, config);
        },
      });
    }

    /** ccxt leaves some futures and sends of a socket that broke without anybody to catch them. */
    override client(url: string): ReturnType<CcxtExchange['client']> {
      const isNew = this.clients?.[url] === undefined;
      const socket = super.client(url);
      if (!isNew) return socket;
      const future = socket.future.bind(socket);
      const send = socket.send.bind(socket);
      return Object.assign(socket, {
        future(hash: string) {
          const promised = future(hash);
          promised.catch(() => undefined);
          return promised;
        },
        send: (message: unknown) => send(message).catch((error: unknown) => socket.onError(error)),
      });
    }
  };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The same tree of URLs with each origin replaced, its path kept: one server for all of a venue's APIs. */
function movedTo(endpoint: string, urls: unknown): unknown {
  if (typeof urls === 'string') {
    const base = endpoint.replace(/\/+$/, '');
    return urls.replace(/^(http|ws)s?:\/\/[^/]+/, (_origin, kind) =>
      kind === 'ws' ? base.replace(/^http/, 'ws') : base,
    );
  }
  return Object.fromEntries(
    Object.entries(urls as object).map(([name, url]) => [name, movedTo(endpoint, url)]),
  );
}
