import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Who listens: ends the connection, after the call that is under way. */
export interface Listener {
  end(): Promise<void>;
}

export interface Listening {
  url: string;
  channel: string;
  /** Called at the start, with every notice, and after each time that notices may have been lost; one call at a time. */
  onNotice: () => Promise<void>;
  /** What went wrong with the connection or the call; it is tried again. */
  onFault: (error: unknown) => void;
}

/** A connection that the way was lost to without a word is found out within these two. */
const LOOK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 5_000;

/**
 * Hears a channel of PostgreSQL on a connection of its own, and opens another where that is lost. Many notices at once are one
 * call. Every 10 s it calls without a notice: what a call failed to do is made up for.
 */
export function listen({ url, channel, onNotice, onFault }: Listening): Listener {
  let ended = false;
  let wake = () => {};
  let client: pg.Client | null = null;
  let heard = true;
  const notice = () => {
    heard = true;
    wake();
  };

  const lost = (connection: pg.Client) => {
    if (client === connection) client = null;
    wake();
  };

  /** Until something is heard, the connection is gone, or it is time to look. */
  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(), ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (ended || heard) wake();
    });
  }

  async function run(): Promise<void> {
    for (let failures = 0; !ended;) {
      try {
        client ??= await connect({ url, channel, notice, lost });
        heard = false;
        await onNotice();
        failures = 0;
        await rest(LOOK_EVERY_MS);
        if (!ended && !heard) await client?.query('SELECT 1');
      } catch (error) {
        if (ended) break;
        onFault(error);
        await drop();
        await sleep(Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(failures, 8)));
        failures += 1;
      }
    }
    await drop();
  }

  async function drop(): Promise<void> {
    const left = client;
    client = null;
    await left?.end().catch(() => undefined);
  }

  const running = run();
  return {
    end() {
      ended = true;
      wake();
      return running;
    },
  };
}

async function connect({ url, channel, notice, lost }: Connecting): Promise<pg.Client> {
  const opened = new pg.Client({
    connectionString: url.replace(/^postgresql\+\w+:/, 'postgresql:'),
    application_name: `perpetua-${channel}`,
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
  opened.on('notification', notice);
  opened.on('error', () => lost(opened));
  try {
    await opened.connect();
    await opened.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    return opened;
  } catch (error) {
    await opened.end().catch(() => undefined);
    throw error;
  }
}

interface Connecting extends Pick<Listening, 'url' | 'channel'> {
  notice: () => void;
  lost: (connection: pg.Client) => void;
}
