import { ExchangeError, type Credentials } from '../port.ts';
import type { Treasury } from '../treasury.ts';
import { withCredentials } from './client.ts';
import type { Purpose } from './errors.ts';
import { redactor } from './redaction.ts';
import type { Client } from './unified.ts';
import type { Venue } from './venue.ts';

/** One call with the account's keys. */
export type TreasuryCall = <T>(
  purpose: Extract<Purpose, 'read' | 'move'>,
  use: (client: Client) => Promise<T>,
  sendBefore?: number,
) => Promise<T>;

/** What a venue's own treasury is made of. */
export interface TreasuryParts {
  /** The venue's name for people. */
  venue: string;
  call: TreasuryCall;
  /** Epoch ms on the venue's clock. */
  now: () => number;
}

/** The treasury of one account, through ccxt. `unsupported_exchange` where the venue has none, as test networks. */
export function createCcxtTreasury(venue: Venue, credentials: Credentials): Treasury {
  const { profile, clock } = venue.line;
  if (!profile.treasury || !profile.treasury.isServed(venue.client)) throw unsupported(profile.name);
  const client = withCredentials(venue.client, credentials);
  const redact = redactor(Object.values(credentials));
  const call: TreasuryCall = (purpose, use, sendBefore) =>
    venue.call(client, { purpose, redact, ...(sendBefore === undefined ? {} : { sendBefore }) }, use);
  return {
    ...profile.treasury.open({ venue: profile.name, call, now: clock.now }),
    close: () => client.close(),
  };
}

function unsupported(venue: string): ExchangeError {
  return new ExchangeError(
    `${venue} as it is reached here moves no money in or out. Use a paper account, or a live one on Binance itself.`,
    { code: 'unsupported_exchange', phase: 'before_call', retrySafe: true, final: true },
  );
}
