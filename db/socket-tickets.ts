import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { tokenHash } from './token-hash.ts';

/** So long a ticket is good. */
export const TICKET_SECONDS = 30;
const TICKET_BYTES = 32;

/** Whom a ticket lets in. */
export interface TicketHolder {
  userId: string;
  sessionId: string;
}

/** A new ticket of that session: opens one WebSocket, within 30 s. */
export async function insertTicket(
  knex: Knex,
  { userId, sessionId }: TicketHolder,
  now: Date,
): Promise<string> {
  const ticket = randomBytes(TICKET_BYTES).toString('base64url');
  await knex('socket_tickets').insert({
    ...{ hash: tokenHash(ticket), session_id: sessionId, user_id: userId },
    expires_at: new Date(now.getTime() + TICKET_SECONDS * 1_000),
  });
  return ticket;
}

/** Takes the ticket out: of any number that show it at once one alone is let in. Null where it is none, or no longer. */
export async function takeTicket(knex: Knex, ticket: string, now: Date): Promise<TicketHolder | null> {
  const [taken] = await knex('socket_tickets')
    .where({ hash: tokenHash(ticket) })
    .delete()
    .returning<{ user_id: string; session_id: string; expires_at: Date }[]>('*');
  if (!taken || taken.expires_at <= now) return null;
  return { userId: taken.user_id, sessionId: taken.session_id };
}

/** Those that nobody has used; returns how many. */
export async function deleteOldTickets(knex: Knex): Promise<number> {
  return knex('socket_tickets').whereRaw('expires_at < now()').delete();
}
