import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { WebSocket } from 'ws';
import { insertTicket } from '../db/socket-tickets.ts';
import { environment } from '../runtime/configuration.ts';
import { freePort } from '../runtime/embedded/ports.ts';
import { startNodeProcess } from '../runtime/supervisor/node-process.ts';
import {
  freshDatabase,
  startTestPostgres,
  TEST_SECRET_KEY,
  type Scope,
} from '../runtime/testing/database.ts';
import { scoped } from '../runtime/testing/scoped.ts';
import { until } from '../runtime/testing/stack.ts';
import { percentile, type Figure, type Measurement } from './measurement.ts';
import { usageByPart } from './processes.ts';

const PROCESSES = 2;
const USERS = 100;
/** Of each user at each process. */
const EACH = 5;
const SOCKETS = PROCESSES * USERS * EACH;
const CHANGES = 400;
const PAUSE_MS = 50;
const BURSTS = 10;
const SETTLE_MS = 3_000;

/** Of a change, which is told by its number: when its commit was answered, and when each WebSocket was told. */
interface Timing {
  committed: number;
  heard: number[];
}

export const liveUpdates: Measurement = {
  name: 'live-updates',
  what: `from the commit of a bot's change to its message at every WebSocket of its user, ${SOCKETS} of them over ${PROCESSES} API processes`,
  async run(say) {
    const server = await startTestPostgres();
    try {
      return await scoped((t) => measure(t, server, say));
    } finally {
      await server.stop();
    }
  },
};

async function measure(t: Scope, own: { url: string }, say: (line: string) => void): Promise<Figure[]> {
  const { knex, url } = await freshDatabase(t, { own });
  const apis = await Promise.all(Array.from({ length: PROCESSES }, () => startProcess(t, url)));
  const users = await Promise.all(Array.from({ length: USERS }, () => openSession(knex)));
  const memory = () => usageByPart(process.pid, { API: 'runtime/api' })['API']?.megabytes ?? 0;
  await sleep(SETTLE_MS);
  const before = memory();
  const timings: Timing[] = [];
  for (const api of apis) for (const user of users) await connect(t, { api, user, knex, timings });
  await sleep(SETTLE_MS);
  const kilobytes = ((memory() - before) * 1_000) / SOCKETS;
  say(`${SOCKETS} WebSockets are open`);

  const change = (user: User) => tellChange(knex, user, timings);
  for (let n = 0; n < CHANGES; n++) {
    await change(users[Math.floor(Math.random() * USERS)]!);
    await sleep(PAUSE_MS);
  }
  await untilHeard(timings);
  const steady = timings.splice(0);
  say('one change after the other: done');
  for (let burst = 0; burst < BURSTS; burst++) {
    await Promise.all(users.map(change));
    await untilHeard(timings);
  }
  const [one, all] = [latencies(steady), latencies(timings)];
  return [
    { name: 'one bot changes, p50', value: percentile(one, 0.5), unit: 'ms' },
    { name: 'one bot changes, p99', value: percentile(one, 0.99), unit: 'ms', bound: { atMost: 250 } },
    { name: `${USERS} bots change at once, p50`, value: percentile(all, 0.5), unit: 'ms' },
    { name: `${USERS} bots change at once, p99`, value: percentile(all, 0.99), unit: 'ms' },
    { name: 'memory of a WebSocket, all processes', value: kilobytes, unit: 'KB' },
  ];
}

const untilHeard = (timings: Timing[]): Promise<unknown> =>
  until('every WebSocket to be told', () => timings.every(({ heard }) => heard.length === PROCESSES * EACH));

/** From the answer to the commit; a message may be there before it. */
const latencies = (timings: readonly Timing[]): number[] =>
  timings.flatMap(({ committed, heard }) => heard.map((at) => Math.max(0, at - committed)));

interface User {
  userId: string;
  sessionId: string;
}

async function openSession(knex: Knex): Promise<User> {
  const [{ id: userId }] = await knex('users').insert({ name: 'bench' }).returning('id');
  const now = new Date();
  const times = { created_at: now, last_seen_at: now, expires_at: new Date(now.getTime() + 3_600_000) };
  const [{ id: sessionId }] = await knex('sessions')
    .insert({ user_id: userId, user_agent: '', address: '', ...times })
    .returning('id');
  return { userId, sessionId };
}

async function connect(
  t: Scope,
  { api, user, knex, timings }: { api: string; user: User; knex: Knex; timings: Timing[] },
): Promise<void> {
  await Promise.all(
    Array.from({ length: EACH }, async () => {
      const ticket = await insertTicket(knex, user, new Date());
      const socket = new WebSocket(`${api}/ws?ticket=${ticket}`);
      t.teardown(() => socket.terminate());
      await new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('message', (data: Buffer) => {
          const { type, data: change } = JSON.parse(data.toString()) as { type: string; data: { n: number } };
          if (type === 'hello') resolve();
          else timings[change.n]?.heard.push(performance.now());
        });
      });
    }),
  );
}

async function tellChange(knex: Knex, { userId }: User, timings: Timing[]): Promise<void> {
  const timing: Timing = { committed: 0, heard: [] };
  const n = timings.push(timing) - 1;
  await knex('events').insert({ user_id: userId, type: 'bot.status', payload: { n, status: 'ACTIVE' } });
  timing.committed = performance.now();
}

/** An API as it runs for a user; without a Temporal server, which reading needs none of. */
async function startProcess(t: Scope, databaseUrl: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perpetua-bench-'));
  const port = await freePort();
  const api = await startNodeProcess({
    name: 'api',
    env: {
      ...environment(),
      ...{ DATABASE_URL: databaseUrl, SECRET_KEY: TEST_SECRET_KEY, DATA_DIR: folder, REDIS_URL: '' },
      ...{ HOST: '127.0.0.1', PORT: String(port), TEMPORAL_ADDRESS: '127.0.0.1:1' },
      ...{ AUTH_REQUIRED: 'True', RATE_LIMIT_ENABLED: 'False', LOG_LEVEL: 'WARNING' },
    },
    ...{ pidFile: join(folder, 'api.pid'), logFile: join(folder, 'api.log'), onLine: () => undefined },
  });
  t.teardown(async () => {
    await api.stop(10_000);
    await rm(folder, { recursive: true, force: true });
  });
  return `ws://127.0.0.1:${port}`;
}
