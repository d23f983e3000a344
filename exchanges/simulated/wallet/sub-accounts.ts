import { randomBytes } from 'node:crypto';
import { type Amount, Decimal } from '../../../bots/money.ts';
import type { NewAccount } from '../engine/types.ts';
import type { Books } from './books.ts';
import { Refusal, type Transfer } from './types.ts';

/** Binance says nothing of what a name may be; its examples keep to this. */
const NAME = /^[A-Za-z0-9]{1,32}$/;

/** A move as a master account asks for it; null is the master account. */
export interface TransferRequest {
  fromEmail: string | null;
  toEmail: string | null;
  asset: string;
  amount: Amount;
  clientTranId: string | null;
}

/** Opens one more sub-account, under an address made of its name. The same name again is another account. */
export function openSubAccount(books: Books, master: NewAccount, name: string): NewAccount {
  if (!NAME.test(name)) throw new Refusal('ILLEGAL_SUB_ACCOUNT');
  const { makerFee, takerFee, feeAsset } = master;
  const number = books.engine.accounts().length + 1;
  const account: NewAccount = {
    id: `${name.toLowerCase()}_virtual@${randomBytes(4).toString('hex')}noemail.com`,
    ...{ keys: [], balances: {}, makerFee, takerFee, feeAsset },
    sub: { master: master.id, number, at: books.engine.now() },
  };
  books.engine.openAccount(account);
  return account;
}

/** In the order they were opened. */
export function subAccounts(books: Books, masterId: string): NewAccount[] {
  return books.engine.accounts().filter(({ sub }) => sub?.master === masterId);
}

/** Throws `NOT_YOUR_SUB_ACCOUNT`. */
export function subAccount(books: Books, masterId: string, email: string): NewAccount {
  const account = books.engine.account(email);
  if (account?.sub?.master !== masterId) throw new Refusal('NOT_YOUR_SUB_ACCOUNT');
  return account;
}

/** Moves at once, or refuses. */
export function transfer(books: Books, masterId: string, request: TransferRequest): Transfer {
  const { fromEmail, toEmail, asset, amount, clientTranId } = request;
  const place = (email: string | null): string =>
    email === null ? masterId : subAccount(books, masterId, email).id;
  const [from, to] = [place(fromEmail), place(toEmail)];
  const isTaken = transfers(books, masterId).some((each) => each.clientTranId === clientTranId);
  if (clientTranId !== null && isTaken) throw new Refusal('DUPLICATE_TRANSFER');
  if (new Decimal(amount).isZero()) throw new Refusal('NO_AMOUNT');
  if (new Decimal(books.free(from, asset)).lt(amount)) throw new Refusal('NO_FREE_FOR_TRANSFER');
  const moved: Transfer = {
    tranId: 1_000_000 + books.transfers.size,
    ...{ clientTranId, masterId, from, to, asset, amount, at: books.engine.now() },
  };
  books.change({ kind: 'transfer', transfer: moved }, [{ from, to, asset, amount }]);
  return moved;
}

/** Oldest first. */
export function transfers(books: Books, masterId: string): Transfer[] {
  return [...books.transfers.values()].filter((each) => each.masterId === masterId);
}
