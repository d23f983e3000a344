import { ExchangeError, type AccountEvent, type Credentials, type Exchange } from '../port.ts';
import { ordersOf, type OwnCall } from './account-orders.ts';
import { holdingsOf } from './account-holdings.ts';
import { streamAccount } from './account-stream.ts';
import { withCredentials } from './client.ts';
import { createOrderLimit } from './order-limit.ts';
import { redactor } from './redaction.ts';
import { share } from './streaming.ts';
import type { Venue } from './venue.ts';

/** One account on a venue, through ccxt; without credentials its public side only, the rest fails with `bad_credentials`. */
export function createCcxtExchange(venue: Venue, credentials: Credentials | null): Exchange {
  const { profile, clock } = venue.line;
  const client = credentials && withCredentials(venue.client, credentials);
  const redact = redactor(credentials ? Object.values(credentials) : []);
  const orderLimit = createOrderLimit(profile.name);
  const setting = venue.streamSetting(redact);

  const call: OwnCall = async (purpose, symbol, use, sendBefore) => {
    if (!client) throw keyless(profile.name);
    if (symbol !== null) await venue.markets.market(symbol);
    const options = { purpose, redact, orderLimit, ...(sendBefore === undefined ? {} : { sendBefore }) };
    return venue.call(client, options, use);
  };

  const changes =
    client &&
    share<AccountEvent>({
      start: (emit) => streamAccount({ client, profile, clock, setting }, emit),
      onFault: (error) => setting.onFault('listener of account', error),
      lingerMs: setting.lingerMs,
    });

  return {
    market: venue.markets.market,
    price: venue.price,
    candles: (symbol, timeframe, range) => venue.candles(symbol, { timeframe, ...range }),
    ...ordersOf(call, profile),
    ...holdingsOf(call, venue),
    watchMarket: venue.watchMarket,
    watchAccount(symbol, listener) {
      if (!changes) throw keyless(profile.name);
      return changes.add((event) => {
        if (event.type === 'reconnected' || event.symbol === symbol) listener(event);
      });
    },
    async close() {
      if (changes) changes.end();
      await client?.close();
    },
  };
}

function keyless(venue: string): ExchangeError {
  return new ExchangeError(`This needs an account on ${venue}. Add an API key.`, {
    code: 'bad_credentials',
    phase: 'before_call',
    retrySafe: true,
    final: true,
  });
}
