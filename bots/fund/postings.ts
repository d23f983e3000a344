import { Decimal, type Amount } from '../money.ts';
import type { Side } from '../orders.ts';
import { holderAccount, UNIT, type AccountName } from './account-names.ts';

/** So much of an asset into an account, out of it where negative. */
export interface Posting {
  account: AccountName;
  asset: string;
  amount: Amount;
}

/** One journal entry: its postings sum to exactly zero in each asset. */
export interface Entry {
  kind: EntryKind;
  postings: Posting[];
}

export type EntryKind =
  | 'deposit_received'
  | 'deposit_reversed'
  | 'units_allotted'
  | 'sweep_sent'
  | 'sweep_done'
  | 'sweep_returned'
  | 'fill'
  | 'units_locked'
  | 'units_unlocked'
  | 'redemption_fixed'
  | 'redemption_reversed'
  | 'staging_sent'
  | 'staging_done'
  | 'staging_returned'
  | 'withdrawal_paid'
  | 'fee_charged'
  | 'main_observed'
  | 'fund_opened'
  | 'rest_taken_over';

/** Decimals an amount may have in the ledger. */
export const LEDGER_DECIMALS = 18;

/** A holder's money; `amount` is above zero. */
export interface Money {
  userId: string;
  asset: string;
  amount: Amount;
}

/** A holder's units; above zero, at most 8 decimals. */
export interface Units {
  userId: string;
  units: Amount;
}

/** The venue has credited the holder's sub-account. Nothing is anybody's yet but the depositor's: the fund is worth the same. */
export const depositReceived = ({ userId, ...money }: Money): Entry =>
  entry('deposit_received', [move(money, holder('deposits', userId), holder('sub', userId))]);

/** Units for a deposit. `units` may be zero: an amount too small to buy one is the fund's. */
export const unitsAllotted = ({ userId, units, ...money }: Money & Units): Entry =>
  entry('units_allotted', [
    move(money, 'capital', holder('deposits', userId)),
    move(counted(units), 'units-issued', holder('units', userId)),
  ]);

/**
 * The venue has taken a deposit back: `ofSub` from the sub-account, the rest from main. Where units had been given for it,
 * `takenBack` of them are cancelled; `borne` is what the rest of them had cost, and the fund's loss.
 */
export const depositReversed = ({
  userId,
  ofSub,
  allotted,
  ...money
}: Money & { ofSub: Amount; allotted: { takenBack: Amount; borne: Amount } | null }): Entry => {
  const { asset } = money;
  const part = (amount: Decimal.Value) => ({ asset, amount: new Decimal(amount).toFixed() });
  const of = new Decimal(money.amount);
  const { takenBack = '0', borne = '0' } = allotted ?? {};
  const owed = allotted ? 'capital' : holder('deposits', userId);
  return entry('deposit_reversed', [
    move(part(ofSub), holder('sub', userId), owed),
    move(part(of.sub(ofSub)), 'main', owed),
    move(part(borne), owed, 'adjustments'),
    move(counted(takenBack), holder('units', userId), 'units-issued'),
  ]);
};

/** From a sub-account towards main; with `sweepDone` it has arrived, with `sweepReturned` it has not left. */
export const sweepSent = ({ userId, ...money }: Money): Entry =>
  entry('sweep_sent', [move(money, holder('sub', userId), holder('transit', userId))]);
export const sweepDone = ({ userId, ...money }: Money): Entry =>
  entry('sweep_done', [move(money, holder('transit', userId), 'main')]);
export const sweepReturned = ({ userId, ...money }: Money): Entry =>
  entry('sweep_returned', [move(money, holder('transit', userId), holder('sub', userId))]);

/** One execution of an order of the fund's bot. Its cost is price × quantity; a fee below zero is a rebate. */
export interface FundFill {
  base: string;
  quote: string;
  side: Side;
  price: Amount;
  quantity: Amount;
  fee: Amount;
  /** Base, quote or a third coin. */
  feeAsset: string;
}

/** Bought or sold on main. The cost is rounded half up to the ledger's decimals, the same on both of its sides. */
export const fill = ({ base, quote, side, price, quantity, fee, feeAsset }: FundFill): Entry => {
  const cost = new Decimal(price).mul(quantity).toDecimalPlaces(LEDGER_DECIMALS, Decimal.ROUND_HALF_UP);
  const [got, gave] = [
    { asset: base, amount: quantity },
    { asset: quote, amount: cost.toFixed() },
  ];
  const isBuy = side === 'BUY';
  return entry('fill', [
    move(isBuy ? got : gave, 'trading', 'main'),
    move(isBuy ? gave : got, 'main', 'trading'),
    move({ asset: feeAsset, amount: fee }, 'main', 'fees'),
  ]);
};

/** A withdrawal is asked for: its units cannot be asked for twice. */
export const unitsLocked = ({ userId, units }: Units): Entry =>
  entry('units_locked', [move(counted(units), holder('units', userId), holder('units-locked', userId))]);

/** It was rejected, cancelled, or ran out of time. */
export const unitsUnlocked = ({ userId, units }: Units): Entry =>
  entry('units_unlocked', [move(counted(units), holder('units-locked', userId), holder('units', userId))]);

/**
 * It is approved: `units`, at the price of now, are given up for `amount`, which is owed from here on. Of the units that
 * were `locked` the rest is free again; where they do not suffice any more, the missing ones come from the free ones.
 */
export const redemptionFixed = ({
  userId,
  units,
  locked,
  ...money
}: Money & Units & { locked: Amount }): Entry =>
  entry('redemption_fixed', [
    move(money, holder('redemptions', userId), 'capital'),
    move(counted(units), holder('units-locked', userId), holder('units-reserved', userId)),
    move(
      counted(new Decimal(locked).sub(units).toFixed()),
      holder('units-locked', userId),
      holder('units', userId),
    ),
  ]);

/**
 * It came to nothing: nothing is owed any more, the `units` reserved for it end, and the holder has `returned` units for
 * the money that stays (`unitsToReturn`).
 */
export const redemptionReversed = ({
  userId,
  units,
  returned,
  ...money
}: Money & Units & { returned: Amount }): Entry =>
  entry('redemption_reversed', [
    move(money, 'capital', holder('redemptions', userId)),
    move(counted(units), holder('units-reserved', userId), 'units-issued'),
    move(counted(returned), 'units-issued', holder('units', userId)),
  ]);

/** From main towards a sub-account; with `stagingDone` it has arrived, with `stagingReturned` it has not left. */
export const stagingSent = ({ userId, ...money }: Money): Entry =>
  entry('staging_sent', [move(money, 'main', holder('transit', userId))]);
export const stagingDone = ({ userId, ...money }: Money): Entry =>
  entry('staging_done', [move(money, holder('transit', userId), holder('sub', userId))]);
export const stagingReturned = ({ userId, ...money }: Money): Entry =>
  entry('staging_returned', [move(money, holder('transit', userId), 'main')]);

/** The money has left the sub-account, the network's fee with it: the payee gets that much less. */
export const withdrawalPaid = ({ userId, units, ...money }: Money & Units): Entry =>
  entry('withdrawal_paid', [
    move(money, holder('sub', userId), holder('redemptions', userId)),
    move(counted(units), holder('units-reserved', userId), 'units-issued'),
  ]);

/** A management or performance fee: units go over to whoever runs the fund, the price stays. */
export const feeCharged = ({ userId, units }: Units): Entry =>
  entry('fee_charged', [move(counted(units), holder('units', userId), 'fee-units')]);

/** What main had when the fund began: money of whoever runs it, who has units for it as any other has. */
export const fundOpened = ({ units, ...money }: Omit<Money, 'userId'> & { units: Amount }): Entry =>
  entry('fund_opened', [move(money, 'capital', 'main'), move(counted(units), 'units-issued', 'fee-units')]);

/** What those have left who had the last units: of whoever runs the fund, who has units for it from here on. */
export const restTakenOver = ({ units }: Omit<Units, 'userId'>): Entry =>
  entry('rest_taken_over', [move(counted(units), 'units-issued', 'fee-units')]);

/** Main has so much more than the ledger knows of (less, where negative), for a reason of its own. */
export const mainObserved = (money: { asset: string; amount: Amount }): Entry =>
  entry('main_observed', [move(money, 'adjustments', 'main')]);

const holder = holderAccount;

function counted(units: Amount): { asset: string; amount: Amount } {
  return { asset: UNIT, amount: units };
}

function move(
  { asset, amount }: { asset: string; amount: Amount },
  from: AccountName,
  to: AccountName,
): Posting[] {
  const value = new Decimal(amount);
  if (value.isZero()) return [];
  return [
    { account: to, asset, amount: value.toFixed() },
    { account: from, asset, amount: value.neg().toFixed() },
  ];
}

/** One posting for each account and asset: what goes in and out of one in the same entry is one sum. */
function entry(kind: EntryKind, moves: Posting[][]): Entry {
  const sums = new Map<string, Posting>();
  for (const { account, asset, amount } of moves.flat()) {
    const key = `${account} ${asset}`;
    const sum = new Decimal(sums.get(key)?.amount ?? 0).add(amount).toFixed();
    sums.set(key, { account, asset, amount: sum });
  }
  return { kind, postings: [...sums.values()].filter(({ amount }) => !new Decimal(amount).isZero()) };
}
