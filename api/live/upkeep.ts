import type { Knex } from 'knex';
import { readRights } from '../../db/sessions.ts';
import type { Clients } from './clients.ts';
import { CLOSE } from './close.ts';

/** After so many pings without an answer a client is gone. */
const MOST_UNANSWERED = 2;

/** Asks every client whether it is there, and cuts those that have not answered twice. */
export function ping(clients: Clients): void {
  for (const client of clients.all()) {
    if (client.unansweredPings >= MOST_UNANSWERED) client.socket.terminate();
    else if (client.isOpen) client.ping();
  }
}

/** Closes those whose session is over, whose user's rights are others than when they came, or whose token has run out. */
export async function closeEnded(clients: Clients, { knex, now }: { knex: Knex; now: Date }): Promise<void> {
  const ids = new Set<string>();
  for (const { listener } of clients.all()) if (listener.session) ids.add(listener.session.id);
  if (ids.size === 0) return;
  for (const client of clients.all())
    if (client.listener.expiresAt && client.listener.expiresAt <= now) client.close(CLOSE.tokenExpired);
  const rights = await readRights(knex, [...ids], now);
  for (const client of clients.all()) {
    const { session } = client.listener;
    // Who has come meanwhile was let in a moment ago.
    if (!session || !ids.has(session.id)) continue;
    const current = rights.get(session.id);
    if (current?.token_version !== session.token_version || current.role !== session.role)
      client.close(CLOSE.sessionOver);
  }
}

/** Closes those for whom messages have been waiting for longer than that without a break. */
export function closeSlow(clients: Clients, ms: number): void {
  for (const client of clients.all()) if (client.outbox.waitingMs() > ms) client.close(CLOSE.tooSlow);
}
