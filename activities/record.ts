import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { applyOwnFill, realisedBy } from '../bots/own-fill.ts';
import { Decimal, type Amount } from '../bots/money.ts';
import type { Market } from '../bots/market.ts';
import { isFinal, type Fill } from '../bots/orders.ts';
import { applyFill } from '../bots/position.ts';
import { strategyNamed } from '../bots/strategies/index.ts';
import { FillRow } from '../db/models/fill.ts';
import { Order } from '../db/models/order.ts';
import { recordOrder, StaleWrite, type NewFill, type NewTrade } from '../db/record-order.ts';
import type { Exchange, VenueOrder } from '../exchanges/port.ts';
import { plain, readStoredBot, type StoredBot } from './bot-view.ts';
import { readOrderPlace, type Dependencies } from './dependencies.ts';
import { AGREEMENT_MS, findOrder } from './find-order.ts';
import { outlived } from './observe/outlived.ts';
import type { Recorded, TradingActivities } from './types.ts';

/**
 * Reads one order and its fills from the venue and writes what is new, in one transaction: fills, order, position,
 * strategy state, trade, totals, log and event. Repeating it writes nothing twice.
 */
export function createRecord(deps: Dependencies): TradingActivities['record'] {
  return async (input) => {
    for (let tries = 1; ; tries++) {
      try {
        return await recordOnce(deps, input);
      } catch (error) {
        // A watch that is being called off may save once more: what was read is read again.
        if (!(error instanceof StaleWrite) || tries === TRIES) throw error;
      }
    }
  };
}

const TRIES = 3;

async function recordOnce(
  deps: Dependencies,
  { botId, clientOrderId, turn }: { botId: string; clientOrderId: string; turn: number },
): Promise<Recorded> {
  const stored = await readStoredBot(deps, botId);
  if (stored.turn > turn) throw outlived();
  const { account } = await readOrderPlace(deps, { botId, clientOrderId });
  const exchange = await deps.openAccount(account);
  deps.step('record:begun', botId);
  const row = await Order.query(deps.knex).findById(clientOrderId).throwIfNotFound();
  const read = await readFromVenue(exchange, row);
  const market = await exchange.market(row.symbol);
  deps.step('record:read', botId);
  const known = await FillRow.query(deps.knex).where({ client_order_id: clientOrderId });
  const { order, fills, warning } = read ?? (await forgotten(deps, exchange, { row, known }));
  const seen = new Set(known.map((fill) => fill.trade_id));
  const fresh = fills.filter((fill) => !seen.has(fill.tradeId));
  const booked = book(stored, row, market, fresh, order);
  const realised = [...known.map((fill) => fill.realised), ...booked.fills.map((fill) => fill.realised)];
  const trade = isFinal(order.status) && fills.length > 0 ? tradeOf(market, order, fills, realised) : null;
  await recordOrder(deps.knex, {
    bot: stored.bot,
    accountId: account.id,
    exchange: account.exchange,
    symbol: row.symbol,
    turn,
    version: stored.version,
    order: { clientOrderId, venueOrderId: order.orderId, status: order.status, filled: order.filled },
    fills: booked.fills,
    position: booked.position,
    session: booked.session,
    trade,
    warning,
  });
  deps.step('record:written', botId);
  if (fills.length > 0) await deps.recorded(stored.bot.user_id);
  return { position: booked.position, status: order.status, fills: fresh.length };
}

/** Of a venue's order what is written; `orderId` is null where no venue ever told one. */
type SeenOrder = Pick<VenueOrder, 'side' | 'filled' | 'status'> & { orderId: string | null };

interface Reading {
  order: SeenOrder;
  /** All of the order's. */
  fills: Fill[];
  warning: string | null;
}

/**
 * The order and all its fills, or null where the venue has no such order. A venue may show an order filled a moment before it
 * shows the fills: ask again.
 */
async function readFromVenue(exchange: Exchange, row: Order): Promise<Reading | null> {
  const { symbol, client_order_id: clientOrderId } = row;
  const order = await exchange.orderByClientId({ symbol, clientOrderId });
  if (!order) return null;
  if (new Decimal(order.filled).isZero()) return { order, fills: [], warning: null };
  const fills = await exchange.fillsOfOrder({ symbol, orderId: order.orderId });
  const total = fills.reduce((sum, fill) => sum.add(fill.quantity), new Decimal(0));
  if (total.lt(order.filled)) throw notShownYet(`all fills of ${clientOrderId}`);
  return { order: { ...order, filled: total.toFixed() }, fills, warning: null };
}

/**
 * A venue that accepted an order and does not know it any more: a test network was wiped, a paper exchange lost its state.
 * Once two reads agree and the order is too old to be only not shown yet, it ends with the fills on record, and people are
 * told. Its fills are not asked for: a venue that begins anew gives its order id to somebody else.
 */
async function forgotten(
  { knex, timing }: Dependencies,
  exchange: Exchange,
  { row, known }: { row: Order; known: FillRow[] },
): Promise<Reading> {
  const { client_order_id: clientOrderId, symbol, side, quantity } = row;
  const isOld = await Order.query(knex)
    .findById(clientOrderId)
    .whereRaw(`created_at < now() - make_interval(secs => ?)`, [timing.forgottenAfter / 1_000]);
  if (!isOld) throw notShownYet(`order ${clientOrderId}`);
  await Context.current().sleep(AGREEMENT_MS);
  if (await findOrder(exchange, { symbol, clientOrderId }))
    throw notShownYet(`order ${clientOrderId} steadily`);
  const filled = plain(row.filled);
  return {
    order: { orderId: row.venue_order_id, side, filled, status: 'CANCELLED' },
    fills: known.map(toFill),
    warning:
      `The exchange does not know the ${side} of ${plain(quantity)} ${symbol} (${clientOrderId}) any more: taken as ` +
      `cancelled with ${filled} filled. Compare what the bot holds with the account.`,
  };
}

function notShownYet(what: string): ApplicationFailure {
  return ApplicationFailure.retryable(`The venue does not show ${what} yet`, 'NotShownYet');
}

function toFill(row: FillRow): Fill {
  const { trade_id: tradeId, venue_order_id: orderId, side, fee_asset: feeAsset, maker } = row;
  const [price, quantity, fee] = [plain(row.price), plain(row.quantity), plain(row.fee)];
  return { tradeId, orderId, side, price, quantity, fee, feeAsset, maker, at: row.executed_at.getTime() };
}

/**
 * Position and session moved past the new fills, one by one, and what each realised. Where there is no strategy of the bot's
 * name any more, its session stays.
 */
function book(
  stored: StoredBot,
  row: Order,
  market: Market,
  fresh: Fill[],
  order: SeenOrder,
): Pick<StoredBot, 'position' | 'session'> & { fills: NewFill[] } {
  const strategy = strategyNamed(stored.bot.strategy);
  const others = stored.orders.filter((other) => other.clientOrderId !== row.client_order_id);
  const self = stored.orders.find((other) => other.clientOrderId === row.client_order_id);
  let { position, session } = stored;
  let filled = new Decimal(row.filled);
  const fills: NewFill[] = [];
  for (const fill of fresh) {
    filled = filled.add(fill.quantity);
    const ended = isFinal(order.status) && filled.gte(order.filled);
    const orders = self && !ended ? [...others, { ...self, filled: filled.toFixed() }] : others;
    const own = { ...fill, leg: row.leg, cycle: row.cycle };
    const realised = realisedBy(own, position, market);
    if (strategy && session)
      ({ session } = applyOwnFill(strategy, session, position, own, { market, orders }));
    position = applyFill(position, fill, market);
    fills.push({ ...fill, clientOrderId: row.client_order_id, realised });
  }
  return { position, session, fills };
}

/** The order's one row in `trades`: its average price, its commission in quote, what it realised. */
function tradeOf(market: Market, order: SeenOrder, fills: Fill[], realised: (Amount | null)[]): NewTrade {
  const quote = fills.reduce(
    (sum, fill) => sum.add(new Decimal(fill.price).mul(fill.quantity)),
    new Decimal(0),
  );
  const closing = realised.filter((amount) => amount !== null);
  const otherFees: Record<string, Amount> = {};
  let commission = new Decimal(0);
  for (const { fee, feeAsset, price } of fills)
    if (feeAsset === market.quote) commission = commission.add(fee);
    else if (feeAsset === market.base) commission = commission.add(new Decimal(fee).mul(price));
    else otherFees[feeAsset] = new Decimal(otherFees[feeAsset] ?? 0).add(fee).toFixed();
  return {
    side: order.side,
    quantity: order.filled,
    price: quote.div(order.filled).toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN).toFixed(),
    pnl: closing.length
      ? Decimal.sum(...closing)
          .toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN)
          .toFixed()
      : null,
    commission: commission.toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN).toFixed(),
    executedAt: Math.max(...fills.map((fill) => fill.at)),
    otherFees,
  };
}
