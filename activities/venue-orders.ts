import type { Knex } from 'knex';
import type { PlaceIntent } from '../bots/orders.ts';
import { Event } from '../db/models/event.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import type { VenueOrder } from '../exchanges/port.ts';
import type { BotAndAccount } from './dependencies.ts';

/**
 * Writes that the venue has the order, in one transaction with its intent. The order begins unfilled in our record:
 * `record` alone books what was filled.
 */
export async function writeAccepted(
  knex: Knex,
  { bot, account }: BotAndAccount,
  order: VenueOrder,
  place: Pick<PlaceIntent, 'leg' | 'cycle'>,
  { adopted = false } = {},
): Promise<void> {
  await knex.transaction(async (tx) => {
    await OrderIntent.query(tx)
      .findById(order.clientOrderId)
      .patch({ status: 'ACCEPTED', decided_at: new Date() });
    const inserted: unknown[] = await tx('orders')
      .insert({
        client_order_id: order.clientOrderId,
        bot_id: bot.id,
        exchange_account_id: account.id,
        symbol: order.symbol,
        venue_order_id: order.orderId,
        leg: place.leg,
        cycle: place.cycle,
        side: order.side,
        type: order.type,
        price: order.price,
        quantity: order.quantity,
        filled: '0',
        status: 'OPEN',
        adopted,
      })
      .onConflict('client_order_id')
      .ignore()
      .returning('client_order_id');
    if (inserted.length > 0)
      await writeOrderEvent(tx, bot, adopted ? 'order.adopted' : 'order.accepted', order.clientOrderId);
  });
}

/** Writes an outcome that left no order on the venue, or none that is known. */
export async function writeOutcome(
  knex: Knex,
  { bot }: Pick<BotAndAccount, 'bot'>,
  clientOrderId: string,
  outcome: { status: 'REFUSED' | 'UNKNOWN' | 'ABSENT'; venueCode?: string | null; message?: string },
): Promise<void> {
  await knex.transaction(async (tx) => {
    await OrderIntent.query(tx)
      .findById(clientOrderId)
      .whereIn('status', ['SENDING', 'UNKNOWN'])
      .patch({
        status: outcome.status,
        venue_code: outcome.venueCode ?? null,
        message: outcome.message ?? null,
        decided_at: outcome.status === 'UNKNOWN' ? null : new Date(),
      });
    await writeOrderEvent(tx, bot, `order.${outcome.status.toLowerCase()}`, clientOrderId);
  });
}

async function writeOrderEvent(
  tx: Knex,
  bot: { id: string; user_id: string | null },
  type: string,
  clientOrderId: string,
): Promise<void> {
  await Event.query(tx).insert({
    bot_id: bot.id,
    user_id: bot.user_id,
    type,
    payload: { client_order_id: clientOrderId },
  });
}
