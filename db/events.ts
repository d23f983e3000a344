import type { Knex } from 'knex';
import { Event } from './models/event.ts';

export type NewEvent = Pick<Event, 'bot_id' | 'user_id' | 'type' | 'payload'>;

/** Appends to the outbox. Give the transaction of what the event tells: both happen, or neither. */
export async function appendEvent(tx: Knex, event: NewEvent): Promise<void> {
  await Event.query(tx).insert(event);
}
