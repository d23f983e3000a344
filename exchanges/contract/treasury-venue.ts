import type { ExecutionContext } from 'ava';
import type { Amount } from '../../bots/money.ts';
import type { Credentials } from '../port.ts';
import type { Treasury } from '../treasury.ts';
import type { VenueFault } from './venue.ts';

/** What a request to a venue's treasury is for. */
export type TreasuryRequest = 'create' | 'transfer' | 'withdraw' | 'transfer by id' | 'withdrawal by id';

/** A venue that a treasury adapter is tried against. Its main account holds 1,000 USDC; chains stand still by themselves. */
export interface ContractTreasuryVenue {
  /** The main account's, with every right. */
  treasury: Treasury;
  /** Another account of the same venue, with the given keys. */
  open(credentials: Credentials): Treasury;
  /** An account that may read only. */
  reader: Credentials;
  /** What main can spend of USDC. */
  main(): Amount;
  /** A good address outside, by network. */
  outside: Readonly<Record<string, string>>;
  /** Somebody outside pays USDC to an address. Returns the transaction's id. */
  pay(payment: { network: string; address: string; amount: Amount }): string;
  /** Blocks come, on one network. */
  blocks(network: string, count: number): void;
  /** The chain drops a payment. */
  reverse(txId: string): void;
  /** A withdrawal comes to nothing. */
  fail(withdrawalId: string, as: 'cancelled' | 'failed'): void;
  /** Strikes the next request of the kind. */
  strike(request: TreasuryRequest, fault: VenueFault): void;
  /** How many requests of the kind have reached the venue. */
  requests(request: TreasuryRequest | null): number;
  /** How many withdrawals the venue ever took from main. */
  withdrawals(): number;
  /** Puts the venue's clock ahead. */
  skewClock(ms: number): void;
  /** Ends the venue: nobody answers any more. */
  shutDown(): Promise<void>;
}

export type OpenTreasuryVenue = (t: ExecutionContext) => Promise<ContractTreasuryVenue>;
