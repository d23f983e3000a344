import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { WebSocket } from 'ws';
import { followEvents, lastPosition } from '../../db/event-stream.ts';
import type { ApiSettings } from '../settings.ts';
import { Client, type Listener } from './client.ts';
import { Clients } from './clients.ts';
import { CLOSE } from './close.ts';
import { obey } from './commands.ts';
import type { Form } from './forms/form.ts';
import { liveFigures } from './figures.ts';
import { notice } from './message.ts';
import { Outbox } from './outbox.ts';
import { tellEvents } from './tell-events.ts';
import { tellSessions } from './tell-sessions.ts';
import { closeEnded, closeSlow, ping } from './upkeep.ts';

/** The WebSockets of this process: every process on the database reads the stream of events once and tells its own clients. */
export interface Hub {
  /** Tells the client from now on, or from after that place where one is given. Its first message is a `hello` with its cursor. */
  join(socket: WebSocket, opening: { form: Form; listener: Listener; after: number | null }): void;
  /** How many are open to that user here. */
  openTo(userId: string): number;
  /** Keeps a WebSocket among those that are closed when the process stops, whoever it will be for. */
  keep(socket: WebSocket): void;
  /** How many are kept. */
  size(): number;
  /** Whether it takes no more. */
  isClosing(): boolean;
  /** Closes all, with a reason that sends them to another process. */
  close(): Promise<void>;
}

export interface HubDependencies {
  knex: Knex;
  /** For the connection that listens. */
  databaseUrl: string;
  settings: Pick<ApiSettings, 'live'>;
  /** Tells whether sessions and tokens go on. */
  now: () => Date;
  log: Logger;
  metrics: Registry;
  timing?: Partial<Timing>;
}

/** How often this is done, ms. */
const TIMING = {
  /** A session's end, a change of its user's rights or the end of a token is acted on within this and a moment. */
  sessionsMs: 2_500,
  /** Prices and sessions of bots. */
  statesMs: 1_000,
  /** How long messages may wait without a break. */
  slowMs: 60_000,
  /** How long closing takes at most. */
  goodbyeMs: 2_000,
};
export type Timing = typeof TIMING;

/** Begins to read the stream where it ends now. */
export async function startHub(dependencies: HubDependencies): Promise<Hub> {
  const { knex, databaseUrl, settings, now, log, metrics } = dependencies;
  const timing = { ...TIMING, ...dependencies.timing };
  const { heartbeatSeconds, queueSize } = settings.live;
  const clients = new Clients();
  const figures = liveFigures(metrics, clients);
  const onFault = (error: unknown): void => log.warn({ err: error }, 'Live updates are late: trying again');
  const position = await lastPosition(knex);
  const events = tellEvents({ knex, clients, from: position, batch: queueSize, now, onFault });
  const sockets = new Set<WebSocket>();
  let closing = false;

  const missed = (count: number, cursor: number): string =>
    notice('notice', { cursor, data: { dropped: count, message: MISSED } }, now());
  const following = followEvents({
    ...{ knex, url: databaseUrl, after: position, onEvents: events.publish, onFault },
  });
  const repeated = [
    every(heartbeatSeconds * 1_000, async () => ping(clients), onFault),
    every(timing.sessionsMs, () => closeEnded(clients, { knex, now: now() }), onFault),
    every(timing.sessionsMs, async () => closeSlow(clients, timing.slowMs), onFault),
    every(timing.statesMs, tellSessions(clients, knex), onFault),
  ];

  return {
    join(socket, { form, listener, after }) {
      if (socket.readyState !== socket.OPEN) return;
      const cursor = events.position();
      const outbox = new Outbox(socket, cursor, { size: queueSize, missed, ...figures(form) });
      const client = new Client(socket, form, listener, cursor, outbox);
      clients.add(client);
      socket.on('close', () => {
        clients.remove(client);
        outbox.end();
      });
      socket.on('pong', (data) => client.hearPong(data));
      socket.on('message', obey(client, now));
      events.begin(client, after);
    },
    openTo: (userId) => clients.openTo(userId),
    keep(socket) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      if (closing) socket.close(...CLOSE.shutDown);
    },
    size: () => sockets.size,
    isClosing: () => closing,
    async close() {
      closing = true;
      repeated.forEach((stop) => stop());
      // Clients do not wait for the database.
      await Promise.all([sayGoodbye([...sockets], timing.goodbyeMs), following.end()]);
    },
  };
}

const MISSED =
  'You read too slowly: the oldest waiting messages were dropped. Read the state over HTTP, or connect again with this cursor.';

/** Does it again that long after the last time has ended, until what it returns is called. */
function every(ms: number, work: () => Promise<void>, onFault: (error: unknown) => void): () => void {
  let ended = false;
  let timer: NodeJS.Timeout;
  const again = (): void => {
    timer = setTimeout(
      () =>
        void work()
          .catch(onFault)
          .finally(() => ended || again()),
      ms,
    );
  };
  again();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

async function sayGoodbye(sockets: readonly WebSocket[], ms: number): Promise<void> {
  const gone = sockets.map(
    (socket) =>
      new Promise<void>((resolve) => {
        if (socket.readyState === socket.CLOSED) resolve();
        socket.once('close', () => resolve());
      }),
  );
  const late = setTimeout(() => sockets.forEach((socket) => socket.terminate()), ms);
  sockets.forEach((socket) => socket.close(...CLOSE.shutDown));
  await Promise.all(gone);
  clearTimeout(late);
}
