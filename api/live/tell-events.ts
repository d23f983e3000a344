import type { Knex } from 'knex';
import type { PlacedEvent } from '../../db/event-stream.ts';
import { readFundOwner } from '../../db/fund/owner.ts';
import { canBeToldAfter, catchUp } from './catch-up.ts';
import type { Client } from './client.ts';
import type { Clients } from './clients.ts';
import { CLOSE } from './close.ts';
import { notice } from './message.ts';
import { writeEvents } from './write-events.ts';

interface Telling {
  knex: Knex;
  clients: Clients;
  /** The place of the last event before the first that `publish` is given. */
  from: number;
  /** How many events a client that catches up reads at once. */
  batch: number;
  now: () => Date;
  onFault: (error: unknown) => void;
}

export interface EventTeller {
  /** Tells of the next events of the stream, in order. Where it throws nobody has been told of any, and they may be given again. */
  publish(events: readonly PlacedEvent[]): Promise<void>;
  /** Greets a client, and tells it what came after that place; all that comes from now on where none is given. */
  begin(client: Client, after: number | null): void;
  position(): number;
}

/** Tells each client of its user's events, none left out and none twice. */
export function tellEvents({ knex, clients, from, batch, now, onFault }: Telling): EventTeller {
  let position = from;

  async function publish(events: readonly PlacedEvent[]): Promise<void> {
    clients.fundOwner ??= await readFundOwner(knex);
    const heard = events.flatMap((event) => [...clients.hearing(event)].map(({ form }) => ({ event, form })));
    const written = await writeEvents(
      knex,
      [...new Set(heard.map(({ event }) => event))],
      new Set(heard.map(({ form }) => form)),
    );
    for (const event of events) {
      // From here to the next event nothing else runs: a client has been told up to this place, or it is behind.
      position = event.position;
      for (const client of clients.hearing(event)) {
        const message = client.isLive ? written.of(event, client.form) : undefined;
        if (message) client.tell(message);
        else if (message === undefined) fallBehind(client);
      }
    }
  }

  /** It reads by itself what it was not told: it has come while others' rows were read, or still reads what it missed. */
  function fallBehind(client: Client): void {
    client.isBehind = true;
    if (!client.isLive) return;
    client.isLive = false;
    closeOnFault(client, goOn(client));
  }

  const goOn = (client: Client): Promise<void> =>
    catchUp(client, { knex, clients, batch, reached: () => position });

  async function greet(client: Client, after: number | null): Promise<void> {
    // Without a place to begin after nothing is waited for: it is told from this moment on.
    if (after !== null) clients.fundOwner ??= await readFundOwner(knex);
    const isKept = after === null || (await canBeToldAfter(knex, after, client));
    client.cursor = after !== null && isKept ? after : position;
    const { cursor } = client;
    client.socket.send(notice('hello', { cursor, data: {} }, now()));
    if (!isKept) client.socket.send(notice('reset', { cursor, data: RESET }, now()));
    await goOn(client);
  }

  function closeOnFault(client: Client, work: Promise<void>): void {
    void work.catch((error: unknown) => {
      onFault(error);
      client.close(CLOSE.away);
    });
  }

  return {
    publish,
    begin: (client, after) => closeOnFault(client, greet(client, after)),
    position: () => position,
  };
}

const RESET = {
  message: 'What came after your cursor is no longer kept, or is too much. Read the state over HTTP.',
};
