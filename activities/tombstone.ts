import type { Knex } from 'knex';
import { Bot } from '../db/models/bot.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { botGone } from './dependencies.ts';

/**
 * The intent's row. Where `place` never got to commit one, a tombstone takes its place: should that `place` still be alive
 * somewhere, it finds the row and does not send.
 */
export async function intentOrTombstone(
  knex: Knex,
  botId: string,
  clientOrderId: string,
): Promise<OrderIntent> {
  const found = await OrderIntent.query(knex).findById(clientOrderId);
  if (found) return found;
  if (!(await Bot.query(knex).findById(botId))) throw botGone();
  await OrderIntent.query(knex)
    .insert({
      client_order_id: clientOrderId,
      bot_id: botId,
      status: 'ABSENT',
      message: 'the worker that was to place it never began',
    })
    .onConflict('client_order_id')
    .ignore();
  return OrderIntent.query(knex).findById(clientOrderId).throwIfNotFound();
}
