import { createHash } from 'node:crypto';
import { Decimal } from '../../../../bots/money.ts';
import type { EngineFill, NewAccount } from '../../engine/types.ts';
import { BinanceError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import { rateLimits } from '../present-market.ts';
import { eightDecimals, ownTrade } from '../present-order.ts';
import { reading, type Venue } from '../venue.ts';
import { checkDay } from './orders.ts';

const ZERO = '0.00000000';
const BASIS_POINTS = 10_000;

/** `uid`: a number that stays the same for an account. */
export const account = reading(20, (venue, parameters, { id, keys, makerFee, takerFee }) => {
  const onlyHeld = parameters.flag('omitZeroBalances');
  const balances = venue.engine
    .balances(id)
    .map(({ asset, free, locked }) => ({ asset, free: eightDecimals(free), locked: eightDecimals(locked) }))
    .filter((balance) => !onlyHeld || balance.free !== ZERO || balance.locked !== ZERO);
  return {
    makerCommission: new Decimal(makerFee).mul(BASIS_POINTS).toNumber(),
    takerCommission: new Decimal(takerFee).mul(BASIS_POINTS).toNumber(),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: {
      maker: eightDecimals(makerFee),
      taker: eightDecimals(takerFee),
      buyer: ZERO,
      seller: ZERO,
    },
    canTrade: keys.some((key) => key.permissions.trade),
    canWithdraw: keys.some((key) => key.permissions.withdraw),
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: venue.now(),
    accountType: 'SPOT',
    balances,
    permissions: ['SPOT'],
    uid: createHash('sha256').update(id).digest().readUInt32BE(),
  };
});

/** Weight 5 for one order's trades, 20 otherwise (Spot API docs, "Account trade list"). */
export const myTrades = reading(
  (parameters) => (parameters.has('orderId') ? 5 : 20),
  (venue, parameters, { id }) => {
    const { symbol } = venue.rules(parameters.symbol());
    return chosenFills(venue, parameters, id, symbol).map(ownTrade);
  },
);

export const orderRateLimits = reading(40, (venue, _parameters, { id }) => {
  const now = venue.now();
  const { inTenSeconds, inDay } = venue.weights.orders(id, now);
  const [, tenSeconds, day] = rateLimits(venue.weights.limits);
  return [
    { ...tenSeconds, count: inTenSeconds },
    { ...day, count: inDay },
  ];
});

function chosenFills(
  venue: Venue,
  parameters: Parameters,
  accountId: NewAccount['id'],
  symbol: string,
): EngineFill[] {
  const orderId = parameters.integer('orderId');
  const fromId = parameters.integer('fromId');
  const start = parameters.integer('startTime');
  const end = parameters.integer('endTime');
  const limit = parameters.limit(500, 1_000);
  checkDay(start, end);
  if (fromId !== null && (start !== null || end !== null)) {
    throw new BinanceError(-1128, 'Combination of optional parameters invalid.');
  }
  const fills =
    orderId === null
      ? venue.engine.fills(accountId, symbol)
      : venue.engine.fillsOfOrder(accountId, symbol, orderId);
  const wanted = fills.filter(
    (fill) =>
      fill.tradeId >= (fromId ?? 0) && fill.at >= (start ?? 0) && fill.at <= (end ?? Number.MAX_SAFE_INTEGER),
  );
  return fromId === null && start === null ? wanted.slice(-limit) : wanted.slice(0, limit);
}
