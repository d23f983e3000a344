import { UNIT } from '../../bots/fund/account-names.ts';
import { fill } from '../../bots/fund/postings.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { readBooks, type Books, type OpenPayment } from '../../db/fund/holdings.ts';
import type { Execution } from '../../db/fund/comparisons.ts';
import { recordedTrades, type LiveOrder } from '../../db/fund/orders.ts';
import type { SubAccount } from '../../db/fund/sub-accounts.ts';
import type { Balance, Exchange } from '../../exchanges/port.ts';
import type { Treasury, VenueDeposit } from '../../exchanges/treasury.ts';
import { lookFrom } from './observe-deposits.ts';
import type { FundDependencies } from './dependencies.ts';
import { Sums } from './sums.ts';

/** Something that the exchange and the ledger do not agree about. */
export interface Difference {
  /** `main`, or the holder whose sub-account it is; null where units do not agree with units. */
  place: string | null;
  asset: string;
  /** What there is more of than the ledger says; below zero where something is missing. */
  surplus: Amount;
  /** A sentence for people. */
  sentence: string;
}

/** What one look found. */
export interface Reading {
  differences: Difference[];
  /** Where what should be there changed while it was looked at: whether anything differs is not known. */
  undecided: Difference[];
  /** What the exchange has executed and the bot has not recorded. */
  unrecorded: Execution[];
}

/** What should be at the exchange, by the ledger and by what is known there first. */
interface Expected {
  sums: Sums;
  /** Holders whose money is one place with main's. */
  moving: ReadonlySet<string>;
  books: Books;
  unrecorded: Execution[];
}

/**
 * Everything that differs now. The books and the balances cannot be read in one moment, so where they differ what is expected is
 * read again afterwards: what moved in between is known by then, in the ledger or by the exchange, and such a place is undecided
 * this time. What is expected to be the same before and after the balances were read was so when they were, whatever moves elsewhere.
 */
export async function readDifferences(deps: FundDependencies): Promise<Reading> {
  const before = await expect(deps);
  const there = await readBalances(deps, before);
  const unequal = unequalMoney(before.sums, there);
  const after = unequal.length === 0 ? before : await expect(deps);
  const stood = ({ place, asset }: Difference) => hasStood(place!, asset, before, after);
  return {
    differences: [...unequalUnits(before.books), ...unequal.filter(stood)],
    undecided: unequal.filter((each) => !stood(each)),
    unrecorded: after.unrecorded,
  };
}

/**
 * True where the same was expected of the place before and after. Holders who have begun or ceased to be one place with main say
 * nothing of either.
 */
function hasStood(place: string, asset: string, before: Expected, after: Expected): boolean {
  const changed = [...before.moving, ...after.moving].filter(
    (userId) => !before.moving.has(userId) || !after.moving.has(userId),
  );
  if (changed.includes(place) || (place === 'main' && changed.length > 0)) return false;
  const key = Sums.key(place, asset);
  return before.sums.of(key).eq(after.sums.of(key));
}

async function expect(deps: FundDependencies): Promise<Expected> {
  const books = await readBooks(deps.knex);
  const treasury = await deps.treasury();
  const told = await readDeposits(treasury, books);
  // What is on its way is at one end of it or the other: both are one place until it has arrived. What the exchange has taken
  // back may have been of either.
  const paying = books.payments.map(({ userId }) => userId);
  const moving = new Set([...books.onTheWay, ...paying, ...toldBack(told, books)]);
  const sums = new Sums();
  for (const { userId, asset, amount } of books.holdings) sums.add(placeOf(userId, moving), asset, amount);
  for (const payment of books.payments)
    if (await hasLeft(treasury, payment)) sums.subtract('main', payment.asset, payment.amount);
  for (const [userId, deposits] of told) addUnreceived(sums, placeOf(userId, moving), deposits, books);
  const unrecorded: Execution[] = [];
  await deps.main(async (exchange) => {
    for (const order of books.orders) unrecorded.push(...(await addUnrecorded(deps, sums, exchange, order)));
  });
  return { sums, moving, books, unrecorded };
}

async function readBalances(deps: FundDependencies, { moving, books }: Expected): Promise<Sums> {
  const there = new Sums();
  for (const balance of await deps.main((exchange) => exchange.balances()))
    there.add('main', balance.asset, whole(balance));
  const treasury = await deps.treasury();
  for (const subAccount of books.subAccounts)
    for (const balance of await treasury.balances(subAccount))
      there.add(placeOf(subAccount.userId, moving), balance.asset, whole(balance));
  return there;
}

function placeOf(userId: string | null, moving: ReadonlySet<string>): string {
  return userId === null || moving.has(userId) ? 'main' : userId;
}

type Told = [userId: string, deposits: VenueDeposit[]][];

async function readDeposits(treasury: Treasury, { subAccounts }: Books): Promise<Told> {
  const told: Told = [];
  for (const subAccount of subAccounts) told.push([subAccount.userId, await read(treasury, subAccount)]);
  return told;
}

function read(treasury: Treasury, subAccount: SubAccount): Promise<VenueDeposit[]> {
  return treasury.depositsSince({ subAccountId: subAccount.subAccountId, since: lookFrom(subAccount) });
}

/** Of whom the exchange has taken back what the ledger has as received. */
function toldBack(told: Told, { received }: Books): string[] {
  return told.flatMap(([userId, deposits]) =>
    deposits.some(({ status, depositId }) => status === 'reversed' && received.has(depositId))
      ? [userId]
      : [],
  );
}

async function hasLeft(treasury: Treasury, { id, since }: OpenPayment): Promise<boolean> {
  const payment = await treasury.withdrawalById(id, since.getTime());
  return payment !== null && payment.status !== 'failed' && payment.status !== 'cancelled';
}

/** Deposits that are in the balance and not final, or final and not seen by the monitor yet; and what was taken back. */
function addUnreceived(sums: Sums, place: string, deposits: VenueDeposit[], { received }: Books): void {
  for (const { depositId, status, asset, amount } of deposits) {
    if (status === 'credited' && !received.has(depositId)) sums.add(place, asset, amount);
    if (status === 'reversed' && received.has(depositId)) sums.subtract(place, asset, amount);
  }
}

/** Executions that the bot has not recorded yet; returns them. */
async function addUnrecorded(
  { knex }: FundDependencies,
  sums: Sums,
  exchange: Exchange,
  { clientOrderId, symbol, venueOrderId }: LiveOrder,
): Promise<Execution[]> {
  const orderId =
    venueOrderId ?? (await exchange.orderByClientId({ symbol, clientOrderId }))?.orderId ?? null;
  if (orderId === null) return [];
  const recorded = await recordedTrades(knex, clientOrderId);
  const { base, quote } = await exchange.market(symbol);
  const executions = await exchange.fillsOfOrder({ symbol, orderId });
  const unrecorded = executions.filter(({ tradeId }) => !recorded.has(tradeId));
  for (const execution of unrecorded)
    for (const { account, asset, amount } of fill({ base, quote, ...execution }).postings)
      if (account === 'main') sums.add('main', asset, amount);
  return unrecorded.map(({ tradeId }) => ({ clientOrderId, tradeId }));
}

function unequalMoney(expected: Sums, there: Sums): Difference[] {
  return [...new Set([...expected.keys(), ...there.keys()])].toSorted().flatMap((key) => {
    const [ledger, exchange] = [expected.of(key), there.of(key)];
    if (ledger.eq(exchange)) return [];
    const { place, asset } = Sums.read(key);
    const where = place === 'main' ? 'The main account' : `The sub-account of ${place}`;
    const sentence = `${where} has ${exchange.toFixed()} ${asset} at the exchange and ${ledger.toFixed()} in the ledger`;
    return [{ place, asset, surplus: exchange.sub(ledger).toFixed(), sentence }];
  });
}

function unequalUnits({ units: { held, outstanding } }: Books): Difference[] {
  const surplus = new Decimal(held).sub(outstanding);
  if (surplus.isZero()) return [];
  const sentence = `Holders and fees have ${held} units together, and ${outstanding} are outstanding`;
  return [{ place: null, asset: UNIT, surplus: surplus.toFixed(), sentence }];
}

function whole({ free, locked }: Balance): Amount {
  return new Decimal(free).add(locked).toFixed();
}
