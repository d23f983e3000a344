import type { Amount } from '../bots/money.ts';
import type { Balance, KeyRights } from './port.ts';

/** The account the keys are of, or one of its sub-accounts. */
export type Place = 'main' | { subAccountId: string };

/** A way for a coin to come in and go out, by its chain: `ETH`, `BSC`, `TRX`, `SOL`; others by the venue's own name. */
export interface VenueNetwork {
  network: string;
  depositEnabled: boolean;
  withdrawEnabled: boolean;
  /** Taken out of the amount: the payee bears it. */
  withdrawFee: Amount;
  withdrawMin: Amount;
  /** Most digits after the point that an amount to withdraw may have. */
  withdrawDecimals: number;
  /** Blocks until a deposit is credited, and until the venue holds it for final. */
  confirmations: number;
  finalConfirmations: number;
}

export interface VenueDeposit {
  /** The venue's id, the same from its first block on. */
  depositId: string;
  asset: string;
  network: string;
  amount: Amount;
  /** `credited`: in the balance. `reversed`: it came to nothing, or was taken back after it had been credited. */
  status: 'pending' | 'credited' | 'reversed';
  /** True once the venue lets it be withdrawn again: from then on it is not reversed. */
  isFinal: boolean;
  confirmations: number;
  txId: string;
  /** Epoch ms on the venue's clock. */
  at: number;
}

export interface TransferRequest {
  from: Place;
  to: Place;
  asset: string;
  amount: Amount;
  /** Letters, digits, `-` and `_`, 64 at most; for this transfer alone. */
  transferId: string;
  /** Epoch ms on this machine's clock: nothing was sent under this id before. From then on it is looked for. */
  since: number;
  /** Epoch ms on this machine's clock: past it nothing is sent any more (`ExchangeError`, phase `before_call`). */
  sendBefore: number;
}

export interface VenueTransfer {
  transferId: string;
  venueId: string;
  status: 'pending' | 'done' | 'failed';
  asset: string;
  amount: Amount;
}

export interface WithdrawalRequest {
  from: Place;
  asset: string;
  network: string;
  address: string;
  /** Of networks that have one, such as XRP's. */
  tag: string | null;
  /** What leaves the account; the payee gets it less the network's fee. */
  amount: Amount;
  /** Letters, digits, `-` and `_`, 50 at most; for this withdrawal alone. */
  withdrawalId: string;
  /** Both as a transfer's. */
  since: number;
  sendBefore: number;
}

export interface VenueWithdrawal {
  withdrawalId: string;
  venueId: string;
  /** `sending`: the venue has it. `confirming`: the chain has it. The rest are ends; but for `done` all of it came back to main. */
  status: 'sending' | 'confirming' | 'done' | 'failed' | 'cancelled';
  asset: string;
  network: string;
  address: string;
  /** What left the account, the fee included. */
  amount: Amount;
  /** Null where the venue has not told it yet. */
  fee: Amount | null;
  txId: string | null;
  /** What the venue says about one that came to nothing. */
  reason: string | null;
}

/**
 * Moves money of one account on one venue: in, between its sub-accounts, and out. Every failure is an `ExchangeError` with
 * its phase, as for orders. Ten seconds after `unknown` what was sent is there, or never comes: venues take no older request.
 */
export interface Treasury {
  /** None for a coin that neither comes in nor goes out. */
  networks(asset: string): Promise<VenueNetwork[]>;
  /** The sub-account of that name, opened where there is none yet. Lower case letters and digits, 32 at most. */
  createSubAccount(name: string): Promise<{ subAccountId: string }>;
  depositAddress(of: {
    subAccountId: string;
    asset: string;
    network: string;
  }): Promise<{ address: string; tag: string | null }>;
  /** First seen at or after `since` (epoch ms), oldest first, as they stand now. */
  depositsSince(of: { subAccountId: string; since: number }): Promise<VenueDeposit[]>;
  /** A sub-account's; main's are `Exchange.balances`. */
  balances(of: { subAccountId: string }): Promise<Balance[]>;
  /** Looks the id up, then sends once. A transfer already made under the id is returned, not made again. */
  transfer(request: TransferRequest): Promise<VenueTransfer>;
  /** The transfer of that id that left `from` after `since` (epoch ms), or null. */
  transferById(query: { transferId: string; from: Place; since: number }): Promise<VenueTransfer | null>;
  /**
   * Looks the id up, then sends once. A withdrawal already taken under the id is returned, not made again. Where the venue
   * pays out of main only, money of a sub-account goes by way of main, under ids of this withdrawal: after `refused` or
   * `before_call` it is back, and after `unknown` the same call goes on where the last one stopped. A call whose time is
   * over pays nothing out and puts back what an earlier one had moved. One caller at a time for one id.
   */
  withdraw(request: WithdrawalRequest): Promise<VenueWithdrawal>;
  /** The payout of that id that was asked for after `since` (epoch ms), or null. */
  withdrawalById(withdrawalId: string, since: number): Promise<VenueWithdrawal | null>;
  /** What the key may do, as the venue says now. */
  rights(): Promise<KeyRights & { canTransfer: boolean }>;
  close(): Promise<void>;
}
