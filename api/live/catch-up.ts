import type { Knex } from 'knex';
import { EVERYBODY } from '../../db/bots.ts';
import { readEvents, readStanding } from '../../db/event-stream.ts';
import type { Client } from './client.ts';
import type { Clients } from './clients.ts';
import { writeEvents } from './write-events.ts';

/** Who has missed more of its own than this reads the state instead: it is less. */
const MOST_BEHIND = 10_000;

/** Whether all that came after a place can still be told, and is not too much. */
export async function canBeToldAfter(knex: Knex, after: number, client: Client): Promise<boolean> {
  const { last, first, behind } = await readStanding(knex, {
    ...{ after, atMost: MOST_BEHIND + 1 },
    ...told(client),
  });
  const isKept = after >= last || (first !== null && after >= first - 1);
  return after <= last && isKept && behind <= MOST_BEHIND;
}

/**
 * Tells a client what came after its cursor, in order, as fast as it reads, until it has had all that this process knows of:
 * then it is live. `reached` is the place of the last event that was handed to those who are live; it goes on while this reads, and
 * says so by `isBehind`. Rejects where the database is away.
 */
export async function catchUp(
  client: Client,
  { knex, clients, batch, reached }: { knex: Knex; clients: Clients; batch: number; reached: () => number },
): Promise<void> {
  do {
    client.isBehind = false;
    const upTo = reached();
    while (client.isOpen && client.cursor < upTo) {
      const events = await readEvents(knex, { after: client.cursor, upTo, ...told(client), limit: batch });
      const written = await writeEvents(knex, events, new Set([client.form]));
      // Nothing is dropped for its sake: the next are read when these have left.
      await client.outbox.drained();
      for (const event of events) {
        const isFunds = event.user_id !== null && event.user_id === clients.fundOwner;
        const message = isFunds && isForAll(client) ? null : written.of(event, client.form);
        if (message) client.tell(message);
        client.cursor = event.position;
      }
      if (events.length < batch) client.cursor = upTo;
    }
  } while (client.isBehind && client.isOpen);
  client.isLive = true;
}

const isForAll = ({ listener }: Client): boolean => listener.rows.userId === EVERYBODY;

/** Which events there are for it. */
function told({ listener, form }: Client): { userId?: string; leaveOut?: string } {
  const { userId } = listener.rows;
  return { ...(userId !== EVERYBODY && { userId }), ...(!form.tellsLogs && { leaveOut: 'log' }) };
}
