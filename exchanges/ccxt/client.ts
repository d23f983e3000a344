import type { Exchange as CcxtExchange } from 'ccxt';
import type { Amount } from '../../bots/money.ts';
import type { Credentials } from '../port.ts';
import type { VenueClock } from './clock.ts';
import { ccxt } from './library.ts';
import type { VenueProfile } from './profile.ts';
import type { Client } from './unified.ts';

/** Where a venue is reached: its real addresses, its test network, or one base URL that serves all of its APIs. */
export type Endpoint = 'live' | 'testnet' | `http://${string}` | `https://${string}`;

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
    // A peer that is silently gone is noticed after two pings without an answer.
    streaming: { keepAlive: 10_000 },
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
export function withCredentials(client: Client, { apiKey, secret, passphrase }: Credentials): Client {
  const { options } = client as unknown as { options: object };
  const own = {
    apiKey,
    secret,
    password: passphrase,
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
