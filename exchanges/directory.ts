import { createCcxtExchange } from './ccxt/adapter.ts';
import { binance } from './ccxt/binance.ts';
import type { Endpoint } from './ccxt/client.ts';
import type { VenueProfile } from './ccxt/profile.ts';
import { profileOf, SERVED } from './ccxt/profiles.ts';
import { createCcxtTreasury } from './ccxt/treasury.ts';
import { createVenue, type StreamFault, type Venue } from './ccxt/venue.ts';
import { ExchangeError, type Credentials, type Exchange } from './port.ts';
import type { Treasury } from './treasury.ts';
import { VaultError } from './vault.ts';

export type { StreamFault };
/** The exchanges on which live accounts can trade. Paper accounts may name any. */
export { SERVED as LIVE_EXCHANGES };

/** An account as its row of `exchange_accounts` says. A changed row is a new `updated_at`. */
export interface SealedAccount {
  id: string;
  user_id: string;
  exchange: string;
  kind: 'paper' | 'live';
  sealed: Buffer;
  updated_at: Date;
}

/** An account that is no row yet. */
export type UnstoredAccount = Pick<SealedAccount, 'exchange' | 'kind'> & { credentials: Credentials };

export interface DirectoryOptions {
  /** The simulated exchange's base URL: every paper account trades there, whatever exchange it names. */
  paperUrl: `http://${string}` | `https://${string}`;
  /** True: live accounts trade on their exchange's test network. */
  testnet: boolean;
  /** Opens an account's credentials: `vault.open` behind it. */
  unseal(account: SealedAccount): Credentials;
  /** How long a venue's answer may take, ms. */
  timeoutMs?: number;
  /** How long a stream that nobody listens to is kept for the next who does, ms. */
  lingerMs?: number;
  /** Told of stream faults, for a log. Redacted. */
  onStreamFault?: (fault: StreamFault) => void;
}

/** Every exchange that this process reaches, by account. */
export interface Exchanges {
  /** The account's exchange, opened once for each version of its row. `unsupported_exchange` where no adapter serves it. */
  account(account: SealedAccount): Promise<Exchange>;
  /** The account's treasury, the caller's to close. `unsupported_exchange` where the exchange has none, as test networks. */
  treasury(account: SealedAccount | UnstoredAccount): Promise<Treasury>;
  /** The public side of an exchange: markets, prices, candles, market streams. */
  publicMarket(exchange: string, kind: SealedAccount['kind']): Promise<Exchange>;
  /** One use of an account, stored or not. It is closed afterwards, whatever happens: nothing of its keys stays. */
  visit<T>(account: SealedAccount | UnstoredAccount, use: (exchange: Exchange) => Promise<T>): Promise<T>;
  /** Ends all streams and connections. */
  close(): Promise<void>;
}

/** Opens nothing until asked. All accounts of one venue share its markets, limits, clock, connections and market streams. */
export function createExchanges(options: DirectoryOptions): Exchanges {
  const venues = new Map<string, Promise<Venue>>();
  const accounts = new Map<string, { version: number; exchange: Promise<Exchange> }>();

  async function venueOf(exchange: string, kind: SealedAccount['kind']): Promise<Venue> {
    const { profile, endpoint } = route(exchange, kind, options);
    const key = `${profile.id} ${endpoint}`;
    const venue = venues.get(key) ?? createVenue(profile, { ...options, endpoint });
    venues.set(key, venue);
    return venue;
  }

  async function open(account: SealedAccount): Promise<Exchange> {
    const venue = await venueOf(account.exchange, account.kind);
    return createCcxtExchange(venue, openedCredentials(account));
  }

  function openedCredentials(account: SealedAccount | UnstoredAccount): Credentials {
    if (!('sealed' in account)) return account.credentials;
    try {
      return options.unseal(account);
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      throw new ExchangeError(
        `The keys of this account on ${account.exchange} cannot be opened. ${error.message}`,
        {
          code: 'bad_credentials',
          phase: 'before_call',
          retrySafe: true,
          final: true,
        },
      );
    }
  }

  return {
    account(account) {
      const version = account.updated_at.getTime();
      const known = accounts.get(account.id);
      if (known?.version === version) return known.exchange;
      const opened = { version, exchange: open(account) };
      accounts.set(account.id, opened);
      opened.exchange.catch(() => {
        // What could not be opened is tried again by the next who asks.
        if (accounts.get(account.id) === opened) accounts.delete(account.id);
      });
      return opened.exchange;
    },
    async visit(account, use) {
      const venue = await venueOf(account.exchange, account.kind);
      const exchange = createCcxtExchange(venue, openedCredentials(account));
      try {
        return await use(exchange);
      } finally {
        await exchange.close();
      }
    },
    treasury: async (account) =>
      createCcxtTreasury(await venueOf(account.exchange, account.kind), openedCredentials(account)),
    publicMarket: async (exchange, kind) => createCcxtExchange(await venueOf(exchange, kind), null),
    async close() {
      const opened = await Promise.allSettled([...accounts.values()].map(({ exchange }) => exchange));
      await Promise.all(opened.map(async (one) => one.status === 'fulfilled' && one.value.close()));
      await Promise.all([...venues.values()].map(async (venue) => (await venue).close()));
      accounts.clear();
      venues.clear();
    },
  };
}

/** The paper exchange speaks Binance, whatever exchange an account is named after: there is no second code path for paper. */
function route(
  exchange: string,
  kind: SealedAccount['kind'],
  { paperUrl, testnet }: DirectoryOptions,
): { profile: VenueProfile; endpoint: Endpoint } {
  if (kind === 'paper') return { profile: { ...binance, name: 'The paper exchange' }, endpoint: paperUrl };
  const profile = profileOf(exchange);
  if (profile) return { profile, endpoint: testnet ? 'testnet' : 'live' };
  throw new ExchangeError(
    `Live trading on ${exchange} is not supported yet. Use a paper account for it, or a live account on ${SERVED.join(' or ')}.`,
    { code: 'unsupported_exchange', phase: 'before_call', retrySafe: true, final: true },
  );
}
