import type { ExecutionContext } from 'ava';
import type { Amount } from '../../bots/money.ts';
import type { Side } from '../../bots/orders.ts';
import type { Credentials, Exchange } from '../port.ts';

/** What strikes the next request that places an order, or whichever is named. */
export type VenueFault =
  /** Carried out; the connection is cut before the answer. */
  | { kind: 'lost_answer' }
  /** The connection is cut and nothing happens. */
  | { kind: 'lost_request' }
  /** Carried out; the venue says that it does not know. */
  | { kind: 'timeout' }
  /** Carried out; HTTP 503. */
  | { kind: 'server_error' }
  /** Carried out; the answer is cut in the middle. */
  | { kind: 'malformed_json' }
  | { kind: 'rate_limited'; seconds: number }
  /** The account has placed all the orders that it may for now; others of its address have not. */
  | { kind: 'too_many_orders' }
  | { kind: 'banned'; seconds: number }
  /** Each event of the account's stream comes twice, until the venue is closed. */
  | { kind: 'duplicate_events' };

/** A venue that an adapter is tried against: one market whose book holds only what the suite puts there. */
export interface ContractVenue {
  /** An account that may trade, with enough of both assets of the market. */
  exchange: Exchange;
  /** Another account, behind the same address. */
  neighbour: Exchange;
  /** An account of the same venue with the given keys. */
  open(credentials: Credentials): Exchange;
  /** The market: tick 0.01, step 0.00001, least notional 5, last price `price`. */
  symbol: string;
  price: Amount;
  /** Another market of the venue. */
  otherSymbol: string;
  /** An order of somebody else; it rests, or takes what rests. Buys and sells come from two people. */
  counter(order: { side: Side; price: Amount; quantity: Amount }): void;
  strike(fault: VenueFault): void;
  /** Puts the venue's clock ahead. */
  skewClock(ms: number): void;
  /** How many orders the venue ever accepted from `exchange` under that id. */
  accepted(clientOrderId: string): number;
  /** How many requests have reached the venue. */
  requests(): number;
  dropAccountStreams(): void;
  /** Ends the venue: nobody answers any more. */
  shutDown(): Promise<void>;
}

export type OpenVenue = (t: ExecutionContext) => Promise<ContractVenue>;
