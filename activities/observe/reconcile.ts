import { isOwnOrderId, readOrderId } from '../../bots/ids.ts';
import { Decimal } from '../../bots/money.ts';
import type { OwnOrder } from '../../bots/orders.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { Order } from '../../db/models/order.ts';
import { OrderIntent } from '../../db/models/order-intent.ts';
import type { VenueOrder } from '../../exchanges/port.ts';
import type { BotAndAccount, Dependencies } from '../dependencies.ts';
import { writeAccepted } from '../venue-orders.ts';

/** The leg of an order proved ours by its id of which nothing else is known: it is taken back. */
export const ADOPTED_LEG = 'adopted';

/**
 * Compares what rests on the venue with our record. Orders that are ours by id and unknown to us are adopted; others
 * that no bot here placed are listed as external and never touched. Returns the own orders that `record` must look at.
 */
export async function reconcile(
  deps: Dependencies,
  owner: BotAndAccount,
  own: OwnOrder[],
  open: VenueOrder[],
): Promise<string[]> {
  const known = new Map(own.map((order) => [order.clientOrderId, order]));
  const changed: string[] = [];
  const strangers: VenueOrder[] = [];
  for (const order of open) {
    const record = known.get(order.clientOrderId);
    if (record?.status === 'OPEN') {
      if (!new Decimal(order.filled).eq(record.filled)) changed.push(order.clientOrderId);
    } else if (isOwnOrderId(owner.bot.id, order.clientOrderId)) {
      await adopt(deps, owner, order);
      changed.push(order.clientOrderId);
    } else strangers.push(order);
  }
  const resting = new Set(open.map((order) => order.clientOrderId));
  for (const order of own)
    if (order.status === 'OPEN' && !resting.has(order.clientOrderId)) changed.push(order.clientOrderId);
  await listExternal(deps, owner, strangers);
  return changed;
}

/** Takes an order into our record: with the place its intent gave it, where that is still known. */
export async function adopt(deps: Dependencies, owner: BotAndAccount, order: VenueOrder): Promise<void> {
  const intent = await OrderIntent.query(deps.knex).findById(order.clientOrderId);
  const known = intent && intent.status !== 'ABSENT';
  const cycle = readOrderId(order.clientOrderId)?.cycle ?? 0;
  await writeAccepted(deps.knex, owner, order, known ? intent : { leg: ADOPTED_LEG, cycle }, {
    adopted: true,
  });
}

async function listExternal(
  { knex }: Dependencies,
  { bot, account }: BotAndAccount,
  strangers: VenueOrder[],
): Promise<void> {
  const ours = await Order.query(knex)
    .where({ exchange_account_id: account.id })
    .whereIn(
      'client_order_id',
      strangers.map((order) => order.clientOrderId),
    )
    .select('client_order_id');
  const placedHere = new Set(ours.map((order) => order.client_order_id));
  const external = strangers
    .filter((order) => !placedHere.has(order.clientOrderId))
    .map(({ clientOrderId, orderId, side, price, quantity }) => ({
      clientOrderId,
      orderId,
      side,
      price,
      quantity,
    }));
  await BotSessionState.query(knex)
    .findById(bot.id)
    .patch({ external_orders: external })
    .whereRaw('external_orders <> ?::jsonb', [JSON.stringify(external)]);
}
