import { Registry } from 'prom-client';
import { pino } from 'pino';
import { WebSocket, type ClientOptions } from 'ws';
import { placeEvents } from '../../db/event-stream.ts';
import type { Scope, TestDatabase } from '../../runtime/testing/database.ts';
import { until } from '../../runtime/testing/stack.ts';
import type { Identity } from '../auth/identity.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJson } from '../live/commands.ts';
import { startHub, type Timing } from '../live/hub.ts';
import type { Message } from '../live/message.ts';
import type { ApiSettings } from '../settings.ts';
import { testIdentity } from './identity.ts';
import { patientDatabase, startApi, TEST_SETTINGS, type TestApi } from './start-api.ts';

export interface LiveApi extends TestApi {
  database: TestDatabase;
  metrics: Registry;
  /** Opens a WebSocket here. */
  open(path: string, options?: ClientOptions): Promise<TestSocket>;
  /** A ticket for who sends these headers. */
  ticket(headers: Record<string, string>): Promise<string>;
  /** Closes the hub, as a process that stops does. */
  stop(): Promise<void>;
}

interface LiveOptions {
  /** Of another API: then this is another process on it. */
  database?: TestDatabase;
  identity?: Identity;
  timing?: Partial<Timing>;
  overrides?: Partial<Dependencies>;
}

/** An API with WebSockets, over a database whose events are given their places. What is done every few seconds is done at once. */
export async function startLive(
  t: Scope,
  settings: Partial<ApiSettings> = {},
  { database: given, identity = testIdentity(), timing, overrides }: LiveOptions = {},
): Promise<LiveApi> {
  const database = given ?? (await patientDatabase(t));
  const { knex, url } = database;
  const placing = placeEvents({ knex, url, onFault: () => {} });
  const metrics = new Registry();
  const hub = await startHub({
    ...{ knex, databaseUrl: url, settings: { ...TEST_SETTINGS, ...settings }, now: identity.now },
    ...{ log: pino({ level: 'silent' }), metrics },
    timing: { sessionsMs: 50, statesMs: 50, goodbyeMs: 500, ...timing },
  });
  const api = await startApi(t, settings, { knex, identity, metrics, live: hub, ...overrides });
  // Before the server ends, which waits for what is open.
  t.teardown(() => hub.close());
  t.teardown(() => placing.end());
  return {
    ...{ ...api, database, metrics },
    open: (path, options) => openSocket(t, api.url + path, options),
    async ticket(headers) {
      const { body } = await api.call<{ ticket: string }>('POST', '/auth/ws-ticket', undefined, headers);
      return body.ticket;
    },
    stop: () => hub.close(),
  };
}

/** What a WebSocket says, beside its form. */
export type Received = Message & { data: Record<string, unknown> };

export interface TestSocket {
  socket: WebSocket;
  /** All that has come, oldest first. */
  messages: Received[];
  closed: Promise<{ code: number; reason: string }>;
  /** Waits for a message of that type that has not been waited for. */
  next(type: string): Promise<Received>;
  /** What has come of these types. */
  of(...types: string[]): Received[];
  send(message: unknown): void;
}

/** What refuses the upgrade. */
export interface Refusal {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** Rejects with a `Refusal` where the request is answered. */
async function openSocket(t: Scope, url: string, options: ClientOptions = {}): Promise<TestSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
  t.teardown(() => socket.terminate());
  const messages: Received[] = [];
  const taken = new Set<Received>();
  socket.on('message', (data) => messages.push(readJson(data) as Received));
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        reject(Object.assign(new Error(text), { refusal: { status, headers, body: JSON.parse(text) } }));
      });
    });
  });
  return {
    ...{ socket, messages, closed },
    of: (...types) => messages.filter(({ type }) => types.includes(type)),
    async next(type) {
      const find = () => messages.find((message) => message.type === type && !taken.has(message));
      await until(`a message ${type}`, () => find() !== undefined);
      const found = find()!;
      taken.add(found);
      return found;
    },
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
  };
}

/** How opening a WebSocket is refused. */
export async function refusalOf(opening: Promise<TestSocket>): Promise<Refusal> {
  const error: unknown = await opening.then(
    () => new Error('It was opened'),
    (refused: unknown) => refused,
  );
  if (error instanceof Error && 'refusal' in error) return error.refusal as Refusal;
  throw error;
}
