import { Context } from '@temporalio/activity';
import { fill } from '../../bots/fund/postings.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { freezeFund } from '../../db/fund/freeze.ts';
import { readBooks, type Books, type OpenPayment } from '../../db/fund/holdings.ts';
import { recordedTrades, type LiveOrder } from '../../db/fund/orders.ts';
import type { SubAccount } from '../../db/fund/sub-accounts.ts';
import type { Balance, Exchange } from '../../exchanges/port.ts';
import type { Treasury } from '../../exchanges/treasury.ts';
import { LOOK_BACK_MS } from './observe-deposits.ts';
import type { FundDependencies } from './dependencies.ts';
import { Sums } from './sums.ts';
import type { TreasuryActivities } from './types.ts';

/** Between two readings that must agree. */
const AGREEMENT_MS = 500;

/**
 * Compares, to the last digit, what the ledger says is at the exchange with what is there, and units held with units
 * outstanding. What is known to the exchange and not to the ledger yet (fills, deposits, payments) is counted as if it were.
 * What two readings find alike freezes dealing.
 */
export function createCheckSolvency(deps: FundDependencies): TreasuryActivities['checkSolvency'] {
  return async () => {
    const first = await differences(deps);
    if (first.length === 0) return [];
    await Context.current().sleep(AGREEMENT_MS);
    const second = new Set(await differences(deps));
    const agreed = first.filter((difference) => second.has(difference));
    if (agreed.length > 0) await freezeFund(deps.knex, { at: deps.now(), because: agreed.join('; ') });
    return agreed;
  };
}

async function differences(deps: FundDependencies): Promise<string[]> {
  const books = await readBooks(deps.knex);
  const treasury = await deps.treasury();
  const paying = books.payments.map(({ userId }) => userId);
  const moving = new Set([...books.onTheWay, ...paying]);
  // What is on its way is at one end of it or the other: both are one place until it has arrived.
  const placeOf = (userId: string | null) => (userId === null || moving.has(userId) ? 'main' : userId);
  const [said, there] = [new Sums(), new Sums()];
  for (const { userId, asset, amount } of books.holdings) said.add(placeOf(userId), asset, amount);
  for (const payment of books.payments)
    if (await hasLeft(treasury, payment)) said.subtract('main', payment.asset, payment.amount);
  await deps.main(async (exchange) => {
    for (const order of books.orders) await addUnrecorded(deps, said, exchange, order);
    for (const balance of await exchange.balances()) there.add('main', balance.asset, whole(balance));
  });
  for (const subAccount of books.subAccounts) {
    const place = placeOf(subAccount.userId);
    await addUnreceived(said, place, treasury, subAccount, books);
    for (const balance of await treasury.balances(subAccount))
      there.add(place, balance.asset, whole(balance));
  }
  return [...unequalUnits(books), ...unequalMoney(said, there)];
}

async function hasLeft(treasury: Treasury, { id, since }: OpenPayment): Promise<boolean> {
  const payment = await treasury.withdrawalById(id, since.getTime());
  return payment !== null && payment.status !== 'failed' && payment.status !== 'cancelled';
}

/** Executions that the bot has not recorded yet. */
async function addUnrecorded(
  { knex }: FundDependencies,
  said: Sums,
  exchange: Exchange,
  { clientOrderId, symbol, venueOrderId }: LiveOrder,
): Promise<void> {
  const orderId =
    venueOrderId ?? (await exchange.orderByClientId({ symbol, clientOrderId }))?.orderId ?? null;
  if (orderId === null) return;
  const recorded = await recordedTrades(knex, clientOrderId);
  const { base, quote } = await exchange.market(symbol);
  for (const execution of await exchange.fillsOfOrder({ symbol, orderId })) {
    if (recorded.has(execution.tradeId)) continue;
    for (const { account, asset, amount } of fill({ base, quote, ...execution }).postings)
      if (account === 'main') said.add('main', asset, amount);
  }
}

/** Deposits that are in the balance and not final, or final and not seen by the monitor yet; and what was taken back. */
async function addUnreceived(
  said: Sums,
  place: string,
  treasury: Treasury,
  { subAccountId, observedAt, createdAt }: SubAccount,
  { received }: Books,
): Promise<void> {
  const since = (observedAt ?? createdAt).getTime() - LOOK_BACK_MS;
  for (const { depositId, status, asset, amount } of await treasury.depositsSince({ subAccountId, since })) {
    if (status === 'credited' && !received.has(depositId)) said.add(place, asset, amount);
    if (status === 'reversed' && received.has(depositId)) said.subtract(place, asset, amount);
  }
}

function unequalMoney(said: Sums, there: Sums): string[] {
  return [...new Set([...said.keys(), ...there.keys()])].toSorted().flatMap((key) => {
    const [ledger, exchange] = [said.of(key), there.of(key)];
    if (ledger.eq(exchange)) return [];
    const { place, asset } = Sums.read(key);
    const where = place === 'main' ? 'The main account' : `The sub-account of ${place}`;
    return [
      `${where} has ${exchange.toFixed()} ${asset} at the exchange and ${ledger.toFixed()} in the ledger`,
    ];
  });
}

function unequalUnits({ units: { held, outstanding } }: Books): string[] {
  if (new Decimal(held).eq(outstanding)) return [];
  return [`Holders and fees have ${held} units together, and ${outstanding} are outstanding`];
}

function whole({ free, locked }: Balance): Amount {
  return new Decimal(free).add(locked).toFixed();
}
