import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import * as entries from '../../../bots/fund/postings.ts';
import type { Entry } from '../../../bots/fund/postings.ts';
import { unitsFor, unitsToRedeem, unitsToReturn } from '../../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../../bots/money.ts';
import type { Side } from '../../../bots/orders.ts';
import { postEntry, type NewEntry, type Told } from '../post-entry.ts';

/** What is tried next; which of what is possible is chosen by `pick`, how much of it by `share`. */
export interface Move {
  what: keyof typeof MOVES;
  /** 0 or above. */
  pick: number;
  /** Percent, 1 to 100. */
  share: number;
  feeAsset: 'BTC' | 'USDC' | 'BNB';
}

interface Pending {
  id: string;
  userId: string;
  amount: Amount;
}

interface Redemption extends Pending {
  units: Amount;
  fixedAt: Amount;
}

/** What a random fund has under way, as somebody outside would know it. */
export interface RandomFund {
  knex: Knex;
  /** Epoch ms; a millisecond goes by with every entry. */
  now: number;
  marks: { BTC: Amount; BNB: Amount };
  /** Of now; what is dealt is dealt at it. */
  price: Amount;
  holders: string[];
  free: Map<string, Decimal>;
  main: Record<'USDC' | 'BTC' | 'BNB', Decimal>;
  credited: Pending[];
  /** Deposits that have units, wherever their money is by now. */
  allotted: Pending[];
  toSweep: Pending[];
  sweeping: Pending[];
  requested: (Pending & { units: Amount })[];
  approved: Redemption[];
  staging: Redemption[];
  staged: Redemption[];
  /** Everything that was posted. */
  posted: NewEntry[];
}

/** True where the move changes what the fund is worth: everything else is dealing, and leaves the price. */
export const CHANGES_VALUE: ReadonlySet<Move['what']> = new Set(['buy', 'sell', 'priceMoves']);

/** Each returns the entry it posts, null where there is nothing to do it with. */
export const MOVES = {
  deposit(fund, { pick, share }) {
    const at = { id: randomUUID(), userId: pickOf(fund.holders, pick), amount: amountOf(share * 7.654321) };
    fund.credited.push(at);
    return entry(
      fund,
      `deposit/${at.id}/received`,
      entries.depositReceived(money(at)),
      pending(at, 'deposit'),
    );
  },
  allot(fund, { pick }) {
    const at = take(fund.credited, pick);
    if (!at) return null;
    const units = unitsFor(at.amount, fund.price);
    addFree(fund, at.userId, units);
    fund.toSweep.push(at);
    fund.allotted.push(at);
    const told = { ...pending(at, 'deposit'), units, navPerUnit: fund.price, status: 'completed' } as const;
    return entry(fund, `deposit/${at.id}/allotted`, entries.unitsAllotted({ ...money(at), units }), told);
  },
  reverseDeposit(fund, { pick }) {
    const at = pick % 5 === 0 && take(fund.credited, pick);
    if (!at) return null;
    const reversed = entries.depositReversed({ ...money(at), ofSub: at.amount, allotted: null });
    return entry(fund, `deposit/${at.id}/reversed`, reversed, {
      ...pending(at, 'deposit'),
      status: 'reversed',
    });
  },
  takeBack(fund, { pick }) {
    const at = pick % 4 === 0 && fund.allotted[pick % Math.max(1, fund.allotted.length)];
    if (!at || fund.main.USDC.lt(at.amount)) return null;
    const takenBack = unitsToRedeem(at.amount, fund.price);
    if (freeOf(fund, at.userId).lt(takenBack)) return null;
    fund.allotted.splice(fund.allotted.indexOf(at), 1);
    addFree(fund, at.userId, `-${takenBack}`);
    addMain(fund, 'USDC', `-${at.amount}`);
    const allotted = { takenBack, borne: '0' };
    const reversed = entries.depositReversed({ ...money(at), ofSub: '0', allotted });
    const told = { ...pending(at, 'deposit'), units: takenBack, navPerUnit: fund.price } as const;
    return entry(fund, `deposit/${at.id}/taken-back`, reversed, { ...told, status: 'reversed' });
  },
  sweep(fund, { pick }) {
    const at = take(fund.toSweep, pick);
    if (!at) return null;
    const sweeping = { ...at, id: randomUUID() };
    fund.sweeping.push(sweeping);
    return entry(fund, `sweep/${sweeping.id}/sent`, entries.sweepSent(money(at)));
  },
  endSweep(fund, { pick }) {
    const at = take(fund.sweeping, pick);
    if (!at) return null;
    if (pick % 6 === 0) {
      fund.toSweep.push(at);
      return entry(fund, `sweep/${at.id}/returned`, entries.sweepReturned(money(at)));
    }
    addMain(fund, 'USDC', at.amount);
    return entry(fund, `sweep/${at.id}/done`, entries.sweepDone(money(at)));
  },
  buy(fund, move) {
    return trade(fund, 'BUY', fund.main.USDC.mul(move.share).div(400).div(fund.marks.BTC), move.feeAsset);
  },
  sell(fund, move) {
    return trade(fund, 'SELL', fund.main.BTC.mul(move.share).div(200), move.feeAsset);
  },
  priceMoves(fund, { share, pick }) {
    const moved = new Decimal(fund.marks.BTC).mul(1 + (share - 50.5) / 2000);
    fund.marks.BTC = Decimal.min(100_000, Decimal.max(20_000, moved)).toFixed(2);
    fund.marks.BNB = amountOf(300 + (pick % 300));
    return null;
  },
  request(fund, { pick, share }) {
    const userId = pickOf(fund.holders, pick);
    const amount = amountOf(freeOf(fund, userId).mul(fund.price).mul(share).div(120).toNumber());
    if (new Decimal(amount).lte(0)) return null;
    const at = { id: randomUUID(), userId, amount, units: unitsToRedeem(amount, fund.price) };
    addFree(fund, userId, `-${at.units}`);
    fund.requested.push(at);
    return entry(fund, `withdrawal/${at.id}/locked`, entries.unitsLocked(at), pending(at, 'withdrawal'));
  },
  reject(fund, { pick }) {
    const at = pick % 2 === 0 && take(fund.requested, pick);
    if (!at) return null;
    addFree(fund, at.userId, at.units);
    const told = { ...pending(at, 'withdrawal'), status: 'cancelled' } as const;
    return entry(fund, `withdrawal/${at.id}/unlocked`, entries.unitsUnlocked(at), told);
  },
  approve(fund, { pick }) {
    const at = take(fund.requested, pick);
    if (!at) return null;
    const units = unitsToRedeem(at.amount, fund.price);
    const left = freeOf(fund, at.userId).add(at.units).sub(units);
    if (left.isNegative()) {
      // The price fell too far: to be rejected.
      fund.requested.push(at);
      return null;
    }
    fund.free.set(at.userId, left);
    fund.approved.push({ ...at, units, fixedAt: fund.price });
    const told = {
      ...pending(at, 'withdrawal'),
      units,
      navPerUnit: fund.price,
      status: 'processing',
    } as const;
    const fixed = entries.redemptionFixed({ ...money(at), units, locked: at.units });
    return entry(fund, `withdrawal/${at.id}/fixed`, fixed, told);
  },
  stage(fund, { pick }) {
    const at = fund.approved[pick % Math.max(1, fund.approved.length)];
    if (!at || fund.main.USDC.lt(at.amount)) return null;
    fund.approved.splice(fund.approved.indexOf(at), 1);
    addMain(fund, 'USDC', `-${at.amount}`);
    fund.staging.push(at);
    return entry(fund, `withdrawal/${at.id}/staging/${fund.now}`, entries.stagingSent(money(at)));
  },
  endStaging(fund, { pick }) {
    const at = take(fund.staging, pick);
    if (!at) return null;
    if (pick % 5 === 0) {
      addMain(fund, 'USDC', at.amount);
      fund.approved.push(at);
      return entry(fund, `withdrawal/${at.id}/returned/${fund.now}`, entries.stagingReturned(money(at)));
    }
    fund.staged.push(at);
    return entry(fund, `withdrawal/${at.id}/staged`, entries.stagingDone(money(at)));
  },
  pay(fund, { pick }) {
    const at = take(fund.staged, pick);
    if (!at) return null;
    const told = { ...pending(at, 'withdrawal'), status: 'completed' } as const;
    return entry(
      fund,
      `withdrawal/${at.id}/paid`,
      entries.withdrawalPaid({ ...money(at), units: at.units }),
      told,
    );
  },
  fail(fund, { pick }) {
    const at = pick % 3 === 0 && take(fund.staged, pick);
    if (!at) return null;
    const returned = unitsToReturn({ ...at, price: fund.price });
    addFree(fund, at.userId, returned);
    fund.toSweep.push(at);
    const reversed = entries.redemptionReversed({ ...money(at), units: at.units, returned });
    const told = { ...pending(at, 'withdrawal'), status: 'failed' } as const;
    return entry(fund, `withdrawal/${at.id}/reversed`, reversed, told);
  },
  charge(fund, { pick, share }) {
    const userId = pickOf(fund.holders, pick);
    const units = freeOf(fund, userId).mul(share).div(100_000).toDecimalPlaces(8, Decimal.ROUND_DOWN);
    if (units.isZero()) return null;
    addFree(fund, userId, units.neg());
    const id = `${userId}/${fund.now}`;
    const told = {
      ...pending({ id, userId, amount: '0' }, 'fee'),
      units: units.toFixed(),
      status: 'completed',
    } as const;
    return entry(fund, `fee/${id}`, entries.feeCharged({ userId, units: units.toFixed() }), told);
  },
} satisfies Record<string, (fund: RandomFund, move: Move) => NewEntry | null>;

/** Carries out a move; false where there is nothing to do it with. */
export async function carryOut(fund: RandomFund, move: Move): Promise<boolean> {
  const posting: NewEntry | null = MOVES[move.what](fund, move);
  if (!posting) return move.what === 'priceMoves';
  fund.now++;
  await postEntry(fund.knex, posting);
  fund.posted.push(posting);
  return true;
}

export function freeOf(fund: RandomFund, userId: string): Decimal {
  return fund.free.get(userId) ?? new Decimal(0);
}

function trade(
  fund: RandomFund,
  side: Side,
  most: Decimal,
  feeAsset: 'BTC' | 'USDC' | 'BNB',
): NewEntry | null {
  const quantity = most.toDecimalPlaces(5, Decimal.ROUND_DOWN);
  if (quantity.lte(0)) return null;
  const price = fund.marks.BTC;
  const cost = quantity.mul(price);
  const worth = { BTC: quantity, USDC: cost, BNB: cost.div(fund.marks.BNB) }[feeAsset];
  const fee = worth.mul('0.001').toDecimalPlaces(8, Decimal.ROUND_UP);
  if (fund.main[feeAsset].lt(fee)) return null;
  const isBuy = side === 'BUY';
  addMain(fund, 'BTC', isBuy ? quantity : quantity.neg());
  addMain(fund, 'USDC', isBuy ? cost.neg() : cost);
  addMain(fund, feeAsset, fee.neg());
  const of = {
    base: 'BTC',
    quote: 'USDC',
    side,
    price,
    quantity: quantity.toFixed(),
    fee: fee.toFixed(),
    feeAsset,
  };
  return entry(fund, `fill/${fund.now}`, entries.fill(of));
}

function entry(fund: RandomFund, key: string, made: Entry, transaction?: Told): NewEntry {
  return { ...made, key, at: fund.now, ...(transaction && { transaction }) };
}

function pending({ id, userId, amount }: Pending, type: Told['type']): Told {
  const open = { units: null, navPerUnit: null, status: 'pending' } as const;
  return { userId, type, asset: 'USDC', amount, externalId: id, ...open };
}

function money({ userId, amount }: Pending): entries.Money {
  return { userId, asset: 'USDC', amount };
}

function addFree(fund: RandomFund, userId: string, units: Decimal.Value): void {
  fund.free.set(userId, freeOf(fund, userId).add(units));
}

function addMain(fund: RandomFund, asset: 'USDC' | 'BTC' | 'BNB', amount: Decimal.Value): void {
  fund.main[asset] = fund.main[asset].add(amount);
}

function pickOf<T>(from: readonly T[], pick: number): T {
  return from[pick % from.length]!;
}

function take<T>(from: T[], pick: number): T | undefined {
  return from.splice(pick % Math.max(1, from.length), 1)[0];
}

/** In whole cents of a cent, as a venue would have it. */
function amountOf(value: number): Amount {
  return new Decimal(value).toDecimalPlaces(6, Decimal.ROUND_DOWN).toFixed();
}
