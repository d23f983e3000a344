import type { Knex } from 'knex';
import { holderAccount } from '../../bots/fund/account-names.ts';
import {
  depositReceived,
  depositReversed,
  LEDGER_DECIMALS,
  unitsAllotted,
  type Money,
} from '../../bots/fund/postings.ts';
import { moneyFor, unitsFor } from '../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { Event } from '../models/event.ts';
import { freezeFund } from './freeze.ts';
import { isMoving } from './holdings.ts';
import { accountBalance } from './ledger-balances.ts';
import { cancelPending, holdPending, unlockPending } from './pending-withdrawals.ts';
import { postEntry, type Told, type TransactionStatus } from './post-entry.ts';
import type { WithdrawalRequest } from './withdrawal-requests.ts';

/**
 * `pending`: the venue may still take it back. `credited`: it is the fund's to give units for. `kept`: nothing is given for
 * it. `allotted`: units have been given, the money is on its way to main. `swept`: it is there.
 */
export type DepositStatus = 'pending' | 'credited' | 'kept' | 'allotted' | 'swept' | 'reversed';

/** Why no units are given for a deposit. */
export type KeptBecause = 'other_asset' | 'below_minimum';

/** A row of `deposits`. */
export interface Deposit {
  id: string;
  user_id: string;
  venue_deposit_id: string;
  asset: string;
  network: string;
  amount: Amount;
  tx_id: string | null;
  confirmations: number;
  status: DepositStatus;
  kept_because: KeptBecause | null;
  units: Amount | null;
  nav_per_unit: Amount | null;
  error: string | null;
  /** On the venue's clock. */
  seen_at: Date;
  updated_at: Date;
}

/** A deposit as the venue tells of it now. */
export interface ToldDeposit {
  userId: string;
  venueDepositId: string;
  asset: string;
  network: string;
  amount: Amount;
  txId: string;
  confirmations: number;
  /** `final`: in the sub-account's balance for good. */
  state: 'pending' | 'final' | 'reversed';
  /** Epoch ms, on the venue's clock. */
  seenAt: number;
}

/**
 * Writes what the venue says of a deposit: once for each of its ids, in one transaction with the entry of the ledger. A
 * repeat changes nothing but its confirmations. `keptBecause` is for one that no units are to be given for. Where units were given
 * for what the venue has taken back, dealing is frozen with it: nobody should have had to reckon with that. Returns where it
 * stands.
 */
export async function recordDeposit(
  knex: Knex,
  told: ToldDeposit,
  { at, keptBecause }: { at: number; keptBecause: KeptBecause | null },
): Promise<DepositStatus> {
  return knex.transaction(async (tx) => {
    const deposit = await upsert(tx, told, at);
    if (told.state === 'reversed') return reverse(tx, deposit, at);
    if (told.state === 'pending' && deposit.is_new) await announce(tx, deposit);
    if (told.state === 'pending' || deposit.status !== 'pending') return deposit.status;
    const status = keptBecause ? 'kept' : 'credited';
    await postEntry(tx, {
      ...{ key: `deposit/${deposit.id}/received`, at, refs: { deposit: deposit.id } },
      ...depositReceived(moneyOf(deposit)),
      transaction: tellOf(deposit, keptBecause ? 'kept' : 'processing'),
    });
    await move(tx, deposit, { status, kept_because: keptBecause, at });
    return status;
  });
}

/** Deposits that wait for units, oldest first. */
export async function creditedDeposits(knex: Knex): Promise<Deposit[]> {
  return knex<Deposit>('deposits').where({ status: 'credited' }).orderBy('seen_at').orderBy('id');
}

/** Deposits whose money is not on main yet, oldest first: ids. */
export async function unsweptDeposits(knex: Knex): Promise<string[]> {
  return knex('deposits')
    .where({ status: 'allotted' })
    .orderBy('seen_at')
    .orderBy('id')
    .pluck<string[]>('id');
}

/** A holder's, newest first. */
export async function listDeposits(
  knex: Knex,
  { userId, offset, limit }: { userId: string; offset: number; limit: number },
): Promise<Deposit[]> {
  return knex<Deposit>('deposits')
    .where({ user_id: userId })
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .offset(offset)
    .limit(limit);
}

/**
 * Holds them until the transaction ends. Before the books are closed in it: whoever writes what the exchange says of a deposit, or sweeps
 * it, holds it before the ledger.
 */
export async function holdDeposits(tx: Knex, ids: readonly string[]): Promise<void> {
  await tx('deposits').whereIn('id', ids).orderBy('id').forUpdate().select('id');
}

/** Gives units for a deposit at a price, in the caller's transaction; nothing where it is not waiting for any more. */
export async function allotDeposit(
  tx: Knex,
  id: string,
  { price, at }: { price: Amount; at: number },
): Promise<boolean> {
  const deposit = await tx<Deposit>('deposits').where({ id, status: 'credited' }).forUpdate().first();
  if (!deposit) return false;
  const units = unitsFor(deposit.amount, price);
  await postEntry(tx, {
    ...{ key: `deposit/${id}/allotted`, at, refs: { deposit: id } },
    ...unitsAllotted({ ...moneyOf(deposit), units }),
    transaction: { ...tellOf(deposit, 'completed'), units, navPerUnit: price },
  });
  await move(tx, deposit, { status: 'allotted', units, nav_per_unit: price, at });
  return true;
}

/** Amounts as the ledger writes them: without the zeros that the column adds. */
export function moneyOf({
  user_id: userId,
  asset,
  amount,
}: Pick<Deposit, 'user_id' | 'asset' | 'amount'>): Money {
  return { userId, asset, amount: new Decimal(amount).toFixed() };
}

async function upsert(tx: Knex, told: ToldDeposit, at: number): Promise<Deposit & { is_new: boolean }> {
  const { userId, venueDepositId, asset, network, amount, txId, confirmations, seenAt } = told;
  const [deposit]: (Deposit & { is_new: boolean })[] = await tx('deposits')
    .insert({
      ...{ user_id: userId, venue_deposit_id: venueDepositId, asset, network, amount, tx_id: txId },
      ...{ confirmations, status: 'pending', seen_at: new Date(seenAt), updated_at: new Date(at) },
    })
    .onConflict('venue_deposit_id')
    .merge(['confirmations', 'tx_id'])
    // A row that was there has been locked, by us.
    .returning(['*', tx.raw('xmax = 0 AS is_new')]);
  return deposit!;
}

async function reverse(tx: Knex, deposit: Deposit, at: number): Promise<DepositStatus> {
  const { id, status, user_id: userId, venue_deposit_id: told } = deposit;
  if (status === 'reversed') return status;
  const money = moneyOf(deposit);
  const isAllotted = status === 'allotted' || status === 'swept';
  // First of all: whoever decides on a request holds it before the ledger.
  if (isAllotted) await holdPending(tx, userId);
  // Then: whoever posts holds the lock that this waits for.
  const because = `The exchange has taken back deposit ${told} of ${money.amount} ${money.asset}, for which units had been given`;
  if (isAllotted) await freezeFund(tx, { at, because });
  // Where the money was is known once what is under way has arrived: until then it is told again.
  if (status !== 'pending' && (await isMoving(tx, userId))) return status;
  const cancelled = isAllotted ? await unlockWhatIsMissing(tx, deposit, at) : [];
  if (status !== 'pending')
    await postEntry(tx, {
      ...{ key: `deposit/${id}/reversed`, at, refs: { deposit: id } },
      ...depositReversed({
        ...{ ...money, ofSub: await inSub(tx, money) },
        allotted: isAllotted ? await unitsTakenBack(tx, deposit) : null,
      }),
      transaction: tellOf(deposit, 'reversed'),
    });
  await move(tx, deposit, { status: 'reversed', at });
  await cancelPending(tx, cancelled, { because: 'The exchange has taken a deposit of yours back', at });
  return 'reversed';
}

/** Units are taken back before any of them is paid for: requests that wait for approval are given up where too few are free. */
async function unlockWhatIsMissing(
  tx: Knex,
  { user_id, units }: Deposit,
  at: number,
): Promise<WithdrawalRequest[]> {
  if (new Decimal(await freeUnits(tx, user_id)).gte(units!)) return [];
  const requests = await holdPending(tx, user_id);
  await unlockPending(tx, requests, at);
  return requests;
}

async function freeUnits(tx: Knex, userId: string): Promise<Amount> {
  const held = await tx('balances')
    .where({ user_id: userId })
    .forUpdate()
    .first<{ units: Amount; locked_units: Amount }>();
  return new Decimal(held.units).sub(held.locked_units).toFixed();
}

/** A venue takes what it takes back from the sub-account, and what that has not from main. */
async function inSub(tx: Knex, { userId, asset, amount }: Money): Promise<Amount> {
  const held = await accountBalance(tx, { account: holderAccount('sub', userId), asset });
  return Decimal.max(0, Decimal.min(held, amount)).toFixed();
}

/** As many as were given, as far as the holder has them free; for the rest the fund has got nothing. */
async function unitsTakenBack(
  tx: Knex,
  { user_id, amount, units, nav_per_unit }: Deposit,
): Promise<{ takenBack: Amount; borne: Amount }> {
  const takenBack = Decimal.min(units!, await freeUnits(tx, user_id));
  if (takenBack.eq(units!)) return { takenBack: takenBack.toFixed(), borne: '0' };
  const worth = moneyFor(takenBack, nav_per_unit!, LEDGER_DECIMALS);
  return { takenBack: takenBack.toFixed(), borne: new Decimal(amount).sub(worth).toFixed() };
}

/** Moves the row on and tells whoever listens. */
export async function move(
  tx: Knex,
  deposit: Deposit,
  { at, ...change }: Partial<Deposit> & Pick<Deposit, 'status'> & { at: number },
): Promise<void> {
  await tx('deposits')
    .where({ id: deposit.id })
    .update({ ...change, updated_at: new Date(at) });
  await announce(tx, { ...deposit, ...change });
}

async function announce(tx: Knex, deposit: Deposit): Promise<void> {
  const { id: depositId, user_id, status, network, units, kept_because: keptBecause } = deposit;
  const { asset, amount } = moneyOf(deposit);
  await Event.query(tx).insert({
    ...{ user_id, type: 'fund.deposit' },
    payload: { depositId, status, asset, network, amount, units, keptBecause },
  });
}

function tellOf(deposit: Deposit, status: TransactionStatus): Told {
  const { asset, amount } = moneyOf(deposit);
  return {
    ...{ userId: deposit.user_id, type: 'deposit', asset, amount, status },
    ...{ units: null, navPerUnit: null, externalId: deposit.venue_deposit_id },
  };
}
