import type { Amount } from '../../../bots/money.ts';

/** A payment from outside to an address of this exchange, from its block on. */
export interface Deposit {
  id: string;
  accountId: string;
  asset: string;
  network: string;
  amount: Amount;
  address: string;
  txId: string;
  confirmations: number;
  /** `credited`: in the balance, and still in a block that the chain may drop. `final`: no chain drops it any more. */
  status: 'pending' | 'credited' | 'final' | 'reversed';
  /** What the exchange bore of a reversal, because neither the account nor its master had it any more. */
  borne: Amount;
  /** Epoch ms. */
  at: number;
}

/** `processing`: taken, not sent. `broadcast`: on the chain, not yet deep enough. The rest are ends. */
export type WithdrawalStatus = 'processing' | 'broadcast' | 'completed' | 'cancelled' | 'rejected' | 'failed';

/** A payment out of this exchange. */
export interface Withdrawal {
  id: string;
  /** The client's own id for it. */
  withdrawOrderId: string | null;
  accountId: string;
  asset: string;
  network: string;
  address: string;
  /** What leaves the account; the payee gets it less the fee. */
  amount: Amount;
  fee: Amount;
  status: WithdrawalStatus;
  /** Null before it is broadcast. */
  txId: string | null;
  confirmations: number;
  /** Why it came to nothing; empty otherwise. */
  info: string;
  /** Epoch ms. */
  appliedAt: number;
  completedAt: number | null;
}

/** A move between a master account and its sub-accounts. */
export interface Transfer {
  tranId: number;
  clientTranId: string | null;
  masterId: string;
  from: string;
  to: string;
  asset: string;
  amount: Amount;
  /** Epoch ms. */
  at: number;
}

/** A piece of the wallet's state, absolute: applying it twice is applying it once. */
export type WalletRecord =
  | { kind: 'deposit'; deposit: Deposit }
  | { kind: 'withdrawal'; withdrawal: Withdrawal }
  | { kind: 'transfer'; transfer: Transfer };

/** Why the wallet refused; the wire format turns each into its venue's code and message. */
export type RefusalReason =
  | 'UNKNOWN_ASSET'
  | 'NETWORK_CLOSED'
  | 'ILLEGAL_ADDRESS'
  | 'ILLEGAL_TAG'
  | 'NOT_A_MULTIPLE'
  | 'BELOW_MINIMUM'
  | 'NOT_ABOVE_FEE'
  | 'NO_AMOUNT'
  | 'INSUFFICIENT_BALANCE'
  | 'DEPOSIT_NOT_FINAL'
  | 'DUPLICATE_WITHDRAWAL'
  | 'DUPLICATE_TRANSFER'
  | 'NO_FREE_FOR_TRANSFER'
  | 'NOT_YOUR_SUB_ACCOUNT'
  | 'ILLEGAL_SUB_ACCOUNT'
  /** Asked of the chain or of the exchange's operator, never of a client's request. */
  | 'UNKNOWN_TRANSACTION'
  | 'TOO_LATE';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;

  /** `detail`: what the venue names in its message, such as the minimum. */
  constructor(reason: RefusalReason, detail = '') {
    super(detail);
    this.reason = reason;
  }
}
