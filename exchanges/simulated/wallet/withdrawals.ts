import { randomUUID } from 'node:crypto';
import { type Amount, Decimal } from '../../../bots/money.ts';
import { TILL } from '../engine/state.ts';
import { isAddress, transactionId } from './addresses.ts';
import { type Books, OUTSIDE, PAYING_OUT } from './books.ts';
import { arrive } from './deposits.ts';
import { COINS, type Network, networkOf } from './networks.ts';
import { Refusal, type Withdrawal, type WithdrawalStatus } from './types.ts';

/** A withdrawal as a client asks for it; `network` null: the coin's default. */
export interface WithdrawalRequest {
  asset: string;
  network: string | null;
  address: string;
  tag: string | null;
  amount: Amount;
  withdrawOrderId: string | null;
}

/** How a withdrawal may come to nothing: called off by its owner, turned down by the exchange, refused by the chain. */
export type Failure = Extract<WithdrawalStatus, 'cancelled' | 'rejected' | 'failed'>;

/** Takes the amount from the account; the next block carries it. Throws `Refusal`. */
export function withdraw(books: Books, accountId: string, request: WithdrawalRequest): Withdrawal {
  const network = admit(books, accountId, request);
  const { asset, address, amount, withdrawOrderId } = request;
  const withdrawal: Withdrawal = {
    id: randomUUID().replaceAll('-', ''),
    ...{ withdrawOrderId, accountId, asset, network: network.network, address, amount },
    ...{ fee: network.withdrawFee, status: 'processing', txId: null, confirmations: 0, info: '' },
    ...{ appliedAt: books.engine.now(), completedAt: null },
  };
  books.change({ kind: 'withdrawal', withdrawal }, [{ from: accountId, to: PAYING_OUT, asset, amount }]);
  return withdrawal;
}

/** The first block carries it, the further ones confirm it. */
export function confirmWithdrawal(books: Books, withdrawal: Withdrawal, blocks: number): void {
  const { asset, address, amount, fee } = withdrawal;
  const network = networkOf(asset, withdrawal.network) as Network;
  const isSent = withdrawal.txId !== null;
  const txId = withdrawal.txId ?? transactionId(network.form, withdrawal.id);
  const confirmations = withdrawal.confirmations + blocks - (isSent ? 0 : 1);
  const isDone = confirmations >= network.confirmations;
  const next: Withdrawal = {
    ...{ ...withdrawal, txId, confirmations },
    status: isDone ? 'completed' : 'broadcast',
    completedAt: isDone ? books.engine.now() : null,
  };
  const net = new Decimal(amount).minus(fee).toFixed();
  const paid = [
    { from: PAYING_OUT, to: OUTSIDE, asset, amount: net },
    { from: PAYING_OUT, to: TILL, asset, amount: fee },
  ];
  books.change({ kind: 'withdrawal', withdrawal: next }, isDone ? paid : []);
  // Binance would settle one between its own customers by itself; here it goes the long way round.
  if (isDone) arrive(books, { network, address, amount: net, txId });
}

/** Gives the whole amount back. Throws `TOO_LATE` where it is over, or on the chain and not refused by that. */
export function failWithdrawal(books: Books, withdrawal: Withdrawal, as: Failure, info: string): void {
  const { status, accountId, asset, amount } = withdrawal;
  const isInTime = status === 'processing' || (status === 'broadcast' && as === 'failed');
  if (!isInTime) throw new Refusal('TOO_LATE');
  books.change({ kind: 'withdrawal', withdrawal: { ...withdrawal, status: as, info } }, [
    { from: PAYING_OUT, to: accountId, asset, amount },
  ]);
}

/** Every check that Binance makes before it takes a withdrawal, in its order. */
function admit(books: Books, accountId: string, request: WithdrawalRequest): Network {
  const { asset, address, tag, withdrawOrderId } = request;
  if (!COINS.includes(asset)) throw new Refusal('UNKNOWN_ASSET');
  const network = networkOf(asset, request.network);
  if (network === null) throw new Refusal('NETWORK_CLOSED');
  if (!isAddress(network.form, address)) throw new Refusal('ILLEGAL_ADDRESS');
  if (tag !== null) throw new Refusal('ILLEGAL_TAG');
  const amount = new Decimal(request.amount);
  if (!amount.mod(network.withdrawStep).isZero()) throw new Refusal('NOT_A_MULTIPLE', network.withdrawStep);
  if (amount.lte(network.withdrawFee)) throw new Refusal('NOT_ABOVE_FEE');
  if (amount.lt(network.withdrawMin)) throw new Refusal('BELOW_MINIMUM', network.withdrawMin);
  const isTaken = [...books.withdrawals.values()].some(
    (each) => each.accountId === accountId && each.withdrawOrderId === withdrawOrderId,
  );
  if (withdrawOrderId !== null && isTaken) throw new Refusal('DUPLICATE_WITHDRAWAL');
  const free = new Decimal(books.free(accountId, asset));
  if (free.lt(amount)) throw new Refusal('INSUFFICIENT_BALANCE');
  if (free.minus(notFinal(books, accountId, asset)).lt(amount)) throw new Refusal('DEPOSIT_NOT_FINAL', asset);
  return network;
}

/** Credited, but still in blocks that the chain may drop. */
function notFinal(books: Books, accountId: string, asset: string): Decimal {
  return [...books.deposits.values()]
    .filter((each) => each.status === 'credited' && each.accountId === accountId && each.asset === asset)
    .reduce((sum, { amount }) => sum.plus(amount), new Decimal(0));
}
