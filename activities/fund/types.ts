import type { NavReason } from '../../db/fund/nav-history.ts';
import type { Amount } from '../../bots/money.ts';
import type { Sweep } from '../../db/fund/sweeps.ts';

/** What a turn of the fund's workflow made of it. */
export interface FundValued {
  /** Of one unit; null where none could be said. */
  price: Amount | null;
  /** In the fund's currency. */
  value: Amount | null;
  units: Amount | null;
  /** Epoch ms of the valuation. */
  at: number;
  /** Why nothing was dealt; null where dealing went on. */
  heldBecause: string | null;
  /** How many deposits still wait for units. */
  waiting: number;
  /** Deposits whose money is to be sent to main. */
  toSweep: string[];
}

/** What needs the database and public prices only. */
export interface FundActivities {
  /**
   * Writes a valuation and, where it is final and dealing is not frozen, charges what fees are due and gives units for every
   * deposit that had been credited before it began, in the same transaction. May be repeated.
   */
  valueFund(input: { reason: NavReason }): Promise<FundValued>;
  /** Nobody is given units, and none are redeemed, until `unfreeze`. May be repeated. */
  freeze(input: { because: string }): Promise<void>;
  unfreeze(input: { by: string }): Promise<void>;
}

/** What needs the treasury's keys. */
export interface TreasuryActivities {
  /** Reads what every holder has paid in since the last time, and records it. Returns how many deposits wait for units. */
  observeDeposits(): Promise<{ waiting: number }>;
  /** Books the money as under way; false where the deposit is not waiting for a sweep. May be repeated. */
  intendSweep(input: Sweep): Promise<boolean>;
  /** Sends an attempt once. One attempt only: a failure says nothing of what was sent. */
  sendSweep(input: Sweep): Promise<'done' | 'unknown'>;
  /** Asks until it is certain whether the money left; never sends. */
  resolveSweep(input: Sweep): Promise<'done' | 'returned'>;
  /** Books how an attempt ended. May be repeated. */
  settleSweep(input: Sweep & { outcome: 'done' | 'returned' }): Promise<void>;
  /**
   * Compares ledger, exchange and units, and freezes dealing where they differ. Returns what differs, a sentence each. Then
   * writes down what the exchange asks of withdrawals by now.
   */
  checkSolvency(): Promise<string[]>;
  /** Makes the holder's address where there is none yet. */
  openDepositAddress(input: { userId: string; network: string }): Promise<void>;
}
