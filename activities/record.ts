import { ApplicationFailure } from '@temporalio/common';
import { applyOwnFill } from '../bots/own-fill.ts';
import { Decimal, type Amount } from '../bots/money.ts';
import type { Market } from '../bots/market.ts';
import { isFinal, type Fill } from '../bots/orders.ts';
import { FillRow } from '../db/models/fill.ts';
import { Order } from '../db/models/order.ts';
import { recordOrder, StaleWrite, type NewFill, type NewTrade } from '../db/record-order.ts';
import type { Exchange, VenueOrder } from '../exchanges/port.ts';
import { readBotView, type BotView } from './bot-view.ts';
import type { Dependencies } from './dependencies.ts';
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
  const view = await readBotView(deps, botId);
  const exchange = await deps.openAccount(view.account);
  deps.step('record:begun', botId);
  const row = await Order.query(deps.knex).findById(clientOrderId).throwIfNotFound();
  const { order, fills } = await readFromVenue(exchange, row);
  const market = await exchange.market(view.bot.ticker);
  deps.step('record:read', botId);
  const known = await FillRow.query(deps.knex).where({ client_order_id: clientOrderId });
  const seen = new Set(known.map((fill) => fill.trade_id));
  const fresh = fills.filter((fill) => !seen.has(fill.tradeId));
  const booked = book(view, row, market, fresh, order);
  const realised = [...known.map((fill) => fill.realised), ...booked.fills.map((fill) => fill.realised)];
  const trade =
    isFinal(order.status) && fills.length > 0 ? tradeOf(view, market, order, fills, realised) : null;
  await recordOrder(deps.knex, {
    bot: view.bot,
    accountId: view.account.id,
    turn,
    version: view.version,
    order: { clientOrderId, venueOrderId: order.orderId, status: order.status, filled: order.filled },
    fills: booked.fills,
    position: booked.position,
    session: booked.session,
    trade,
  });
  deps.step('record:written', botId);
  return { position: booked.position, status: order.status, fills: fresh.length };
}

/** The order and all its fills. A venue may show an order filled a moment before it shows the fills: ask again. */
async function readFromVenue(exchange: Exchange, row: Order): Promise<{ order: VenueOrder; fills: Fill[] }> {
  const { symbol, client_order_id: clientOrderId } = row;
  const order = await exchange.orderByClientId({ symbol, clientOrderId });
  if (!order)
    throw ApplicationFailure.retryable(`The venue does not show order ${clientOrderId} yet`, 'NotShownYet');
  if (new Decimal(order.filled).isZero()) return { order, fills: [] };
  const fills = await exchange.fillsOfOrder({ symbol, orderId: order.orderId });
  const total = fills.reduce((sum, fill) => sum.add(fill.quantity), new Decimal(0));
  if (total.lt(order.filled))
    throw ApplicationFailure.retryable(
      `The venue does not show all fills of ${clientOrderId} yet`,
      'NotShownYet',
    );
  return { order: { ...order, filled: total.toFixed() }, fills };
}

/** Position and session moved past the new fills, one by one, and what each realised. */
function book(
  view: BotView,
  row: Order,
  market: Market,
  fresh: Fill[],
  order: VenueOrder,
): Pick<BotView, 'position' | 'session'> & { fills: NewFill[] } {
  const others = view.orders.filter((other) => other.clientOrderId !== row.client_order_id);
  const self = view.orders.find((other) => other.clientOrderId === row.client_order_id);
  let { position, session } = view;
  let filled = new Decimal(row.filled);
  const fills: NewFill[] = [];
  for (const fill of fresh) {
    filled = filled.add(fill.quantity);
    const ended = isFinal(order.status) && filled.gte(order.filled);
    const orders = self && !ended ? [...others, { ...self, filled: filled.toFixed() }] : others;
    const own = { ...fill, leg: row.leg, cycle: row.cycle };
    const effect = applyOwnFill(view.settings, session, position, own, { market, orders });
    ({ position, session } = effect);
    fills.push({ ...fill, clientOrderId: row.client_order_id, realised: effect.realised });
  }
  return { position, session, fills };
}

/** The order's one row in `trades`: its average price, its commission in quote, what it realised. */
function tradeOf(
  { bot }: BotView,
  market: Market,
  order: VenueOrder,
  fills: Fill[],
  realised: (Amount | null)[],
): NewTrade {
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
    symbol: bot.ticker,
    exchange: bot.exchange,
    side: order.side,
    quantity: order.filled,
    price: quote.div(order.filled).toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN).toFixed(),
    pnl: closing.length
      ? Decimal.sum(...closing)
          .toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN)
          .toFixed()
      : null,
    commission: commission.toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN).toFixed(),
    venueOrderId: order.orderId,
    executedAt: Math.max(...fills.map((fill) => fill.at)),
    otherFees,
  };
}
