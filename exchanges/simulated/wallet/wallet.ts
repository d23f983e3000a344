import { randomUUID } from 'node:crypto';
import { type Amount, Decimal } from '../../../bots/money.ts';
import type { Engine, NewAccount, StateRecord } from '../engine/types.ts';
import { isAddress, transactionId } from './addresses.ts';
import { Books } from './books.ts';
import { arrive, confirmDeposit, reverseDeposit } from './deposits.ts';
import { CHAINS, networkOf } from './networks.ts';
import {
  openSubAccount,
  subAccount,
  subAccounts,
  transfer,
  type TransferRequest,
  transfers,
} from './sub-accounts.ts';
import { type Deposit, Refusal, type Transfer, type WalletRecord, type Withdrawal } from './types.ts';
import {
  confirmWithdrawal,
  type Failure,
  failWithdrawal,
  withdraw,
  type WithdrawalRequest,
} from './withdrawals.ts';

/** The most that one payment brings. */
const MOST = '1000000000';

/** Money in and out of an exchange, and between its accounts: over the engine's balances, beside its trading. */
export class Wallet {
  readonly #books: Books;
  /** How many times faster than the real chains blocks come; 0: by `mine` only. */
  readonly #pace: number;
  /** When the newest block of each network came. Blocks come while the exchange runs. */
  readonly #blockAt = new Map<string, number>();

  constructor(engine: Engine, { pace }: { pace: number }) {
    this.#books = new Books(engine);
    this.#pace = pace;
  }

  /** After a restore: from here on blocks come. */
  open(): void {
    this.#books.open();
    for (const network of Object.keys(CHAINS)) this.#blockAt.set(network, this.#books.engine.now());
  }

  /** Brings the blocks that are due. */
  step(now: number): void {
    if (this.#pace === 0) return;
    for (const [network, { blockMs }] of Object.entries(CHAINS)) {
      const last = this.#blockAt.get(network) ?? now;
      const every = blockMs / this.#pace;
      const blocks = Math.floor((now - last) / every);
      if (blocks < 1) continue;
      this.#blockAt.set(network, last + blocks * every);
      this.mine(network, blocks);
    }
  }

  /** Brings blocks now. Throws `NETWORK_CLOSED` for a chain that is none. */
  mine(network: string, blocks: number): void {
    if (!Object.hasOwn(CHAINS, network)) throw new Refusal('NETWORK_CLOSED');
    for (const deposit of this.#books.deposits.values())
      if (deposit.network === network && isUnderWay(deposit)) confirmDeposit(this.#books, deposit, blocks);
    for (const withdrawal of this.#books.withdrawals.values())
      if (withdrawal.network === network && isOnItsWay(withdrawal))
        confirmWithdrawal(this.#books, withdrawal, blocks);
  }

  /** Somebody outside pays to an address, of this exchange or not. Returns the transaction's id. */
  send(payment: { asset: string; network: string; address: string; amount: Amount }): string {
    const network = networkOf(payment.asset, payment.network);
    if (network === null) throw new Refusal('NETWORK_CLOSED');
    if (!isAddress(network.form, payment.address)) throw new Refusal('ILLEGAL_ADDRESS');
    const amount = new Decimal(payment.amount);
    if (amount.lte(0) || amount.gt(MOST)) throw new Refusal('NO_AMOUNT');
    const txId = transactionId(network.form, randomUUID());
    arrive(this.#books, { network, address: payment.address, amount: amount.toFixed(), txId });
    return txId;
  }

  /** The chain drops the block with a payment to this exchange. */
  reverse(txId: string): void {
    const deposit = [...this.#books.deposits.values()].find((each) => each.txId === txId);
    if (deposit === undefined) throw new Refusal('UNKNOWN_TRANSACTION');
    reverseDeposit(this.#books, deposit);
  }

  withdraw(accountId: string, request: WithdrawalRequest): Withdrawal {
    return withdraw(this.#books, accountId, request);
  }

  /** `id`: the exchange's, or the client's own. */
  fail(id: string, as: Failure, info: string): void {
    const isIt = (each: Withdrawal): boolean => each.id === id || each.withdrawOrderId === id;
    const withdrawal = [...this.#books.withdrawals.values()].find(isIt);
    if (withdrawal === undefined) throw new Refusal('UNKNOWN_TRANSACTION');
    failWithdrawal(this.#books, withdrawal, as, info);
  }

  /** Of one account, or of all; oldest first. */
  deposits(accountId: string | null): Deposit[] {
    return [...this.#books.deposits.values()].filter((each) => isOf(each, accountId));
  }

  withdrawals(accountId: string | null): Withdrawal[] {
    return [...this.#books.withdrawals.values()].filter((each) => isOf(each, accountId));
  }

  /** What is on its way out of an account. */
  withdrawing(accountId: string, asset: string): Amount {
    const open = this.withdrawals(accountId).filter((each) => each.asset === asset && isOnItsWay(each));
    return open.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0)).toFixed();
  }

  openSubAccount(master: NewAccount, name: string): NewAccount {
    return openSubAccount(this.#books, master, name);
  }

  subAccounts(masterId: string): NewAccount[] {
    return subAccounts(this.#books, masterId);
  }

  subAccount(masterId: string, email: string): NewAccount {
    return subAccount(this.#books, masterId, email);
  }

  transfer(masterId: string, request: TransferRequest): Transfer {
    return transfer(this.#books, masterId, request);
  }

  transfers(masterId: string): Transfer[] {
    return transfers(this.#books, masterId);
  }

  /** Reads a record of an earlier run. */
  restore(record: unknown): void {
    this.#books.apply(record as WalletRecord);
  }

  /** All that a restart needs beside the engine's records. */
  records(): Iterable<StateRecord> {
    return this.#books.records();
  }
}

const isUnderWay = ({ status }: Deposit): boolean => status === 'pending' || status === 'credited';
const isOnItsWay = ({ status }: Withdrawal): boolean => status === 'processing' || status === 'broadcast';
const isOf = (each: { accountId: string }, accountId: string | null): boolean =>
  accountId === null || each.accountId === accountId;
