import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Who listens: ends the connection, after the call that is under way. */
export interface Listener {
  end(): Promise<void>;
}

export interface Listening {
  url: string;
  channel: string;
  /**
   * Called at the start, with every notice, and after each time that notices may have been lost; one call at a time. Where it
   * returns a number, it is called again after so many ms, whatever is heard.
   */
  onNotice: () => Promise<number | void>;
  /** What went wrong with the connection or the call; it is tried again. */
  onFault: (error: unknown) => void;
}

/** A connection that the way was lost to without a word is found out within these two. */
const LOOK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;
/** A goodbye over a way that was lost would be waited for as long as TCP does. */
const LEAVE_WITHIN_MS = 1_000;
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 5_000;

/**
 * Hears a channel of PostgreSQL on a connection of its own, and opens another where that is lost. Many notices at once are one
 * call. Every 10 s it calls without a notice: what a call failed to do is made up for.
 */
export function listen({ url, channel, onNotice, onFault }: Listening): Listener {
  const ending = new AbortController();
  const { signal } = ending;
  let wake = () => {};
  let way: Way | null = null;
  let heard = true;
  const notice = () => {
    heard = true;
    wake();
  };
  const lost = (client: pg.Client) => {
    if (way?.client === client) way = null;
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
      if (signal.aborted || heard) wake();
    });
  }

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        way ??= await connect({ url, channel, notice, lost });
        heard = false;
        const again = await onNotice();
        failures = 0;
        await rest(again ?? LOOK_EVERY_MS);
        if (!signal.aborted && !heard) await way?.client.query('SELECT 1');
      } catch (error) {
        if (signal.aborted) break;
        onFault(error);
        await drop();
        const pause = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(failures, 8));
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        failures += 1;
      }
    }
    await drop();
  }

  async function drop(): Promise<void> {
    const left = way;
    way = null;
    await left?.leave();
  }

  const running = run();
  return {
    end() {
      ending.abort();
      wake();
      return running;
    },
  };
}

/** A connection, and how it is left. */
interface Way {
  client: pg.Client;
  leave(): Promise<void>;
}

async function connect({ url, channel, notice, lost }: Connecting): Promise<Way> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url.replace(/^postgresql\+\w+:/, 'postgresql:'),
    application_name: `perpetua-${channel}`,
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
    stream: () => socket,
  });
  const leave = async () => {
    const cut = setTimeout(() => socket.destroy(), LEAVE_WITHIN_MS);
    await client.end().catch(() => undefined);
    clearTimeout(cut);
  };
  client.on('notification', notice);
  client.on('error', () => lost(client));
  try {
    await client.connect();
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    return { client, leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

interface Connecting extends Pick<Listening, 'url' | 'channel'> {
  notice: () => void;
  lost: (client: pg.Client) => void;
}
