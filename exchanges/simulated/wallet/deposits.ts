import { type Amount, Decimal } from '../../../bots/money.ts';
import type { Move } from '../engine/types.ts';
import { type Books, OUTSIDE } from './books.ts';
import { type Network, networkOf } from './networks.ts';
import { type Deposit, Refusal } from './types.ts';

/** A payment has come into a block. Null where it goes to nobody here or is too small to be credited. */
export function arrive(
  books: Books,
  payment: { network: Network; address: string; amount: Amount; txId: string },
): Deposit | null {
  const { network, address, amount, txId } = payment;
  const accountId = books.ownerOf(network.form, address);
  if (accountId === null || new Decimal(amount).lt(network.dust)) return null;
  const at = books.engine.now();
  const deposit: Deposit = {
    id: `${at}${String(books.deposits.size).padStart(5, '0')}`,
    ...{ accountId, asset: network.asset, network: network.network, amount, address, txId, at },
    ...{ confirmations: 0, status: 'pending', borne: '0' },
  };
  books.change({ kind: 'deposit', deposit });
  return deposit;
}

/** More blocks on top: enough of them credit it, and more make it final. */
export function confirmDeposit(books: Books, deposit: Deposit, blocks: number): void {
  const network = networkOf(deposit.asset, deposit.network) as Network;
  const confirmations = Math.min(deposit.confirmations + blocks, network.finalConfirmations);
  const status = statusAt(confirmations, network);
  const { accountId, asset, amount } = deposit;
  const credit: Move = { from: OUTSIDE, to: accountId, asset, amount };
  const isCredited = deposit.status === 'pending' && status !== 'pending';
  books.change(
    { kind: 'deposit', deposit: { ...deposit, confirmations, status } },
    isCredited ? [credit] : [],
  );
}

/**
 * The chain has dropped the block: what was credited is taken back, of the account and then of its master; what neither
 * has any more is the exchange's loss. Throws `TOO_LATE` for a final one.
 */
export function reverseDeposit(books: Books, deposit: Deposit): void {
  if (deposit.status === 'final' || deposit.status === 'reversed') throw new Refusal('TOO_LATE');
  const { accountId, asset, amount } = deposit;
  const moves: Move[] = [];
  let rest = new Decimal(deposit.status === 'pending' ? 0 : amount);
  for (const payer of [accountId, books.engine.account(accountId)?.sub?.master]) {
    if (payer === undefined) continue;
    const taken = Decimal.min(rest, books.free(payer, asset));
    rest = rest.minus(taken);
    moves.push({ from: payer, to: OUTSIDE, asset, amount: taken.toFixed() });
  }
  const reversed: Deposit = { ...deposit, status: 'reversed', borne: rest.toFixed() };
  books.change({ kind: 'deposit', deposit: reversed }, moves);
}

function statusAt(confirmations: number, network: Network): Deposit['status'] {
  if (confirmations >= network.finalConfirmations) return 'final';
  return confirmations >= network.confirmations ? 'credited' : 'pending';
}
