import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pRetry from 'p-retry';
import type { LoggedRequest } from '../exchanges/simulated/control/request-log.ts';
import { environment } from '../runtime/configuration.ts';
import { freePort } from '../runtime/embedded/ports.ts';
import { program } from '../runtime/project.ts';
import { usageByPart, type Usage } from './processes.ts';

/** All of Perpetua as `npm start` runs it, each part a process of its own, with an empty database and prices that stand still. */
export interface System {
  apiUrl: string;
  exchangeUrl: string;
  temporalAddress: string;
  /** Asks the API; throws unless the answer is 2xx. */
  ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T>;
  /** The control API of the simulated exchange. */
  control(path: string, body?: object): Promise<void>;
  /** What the exchange has been asked after `since`, epoch ms; oldest first. */
  requests(since: number): Promise<LoggedRequest[]>;
  usage(): Record<string, Usage>;
}

export interface NewBot {
  ticker: string;
  quantity: number;
  buy_price: number;
  sell_price: number;
  trailing_percent?: number;
}

/** How `usage` tells the processes apart. */
const PARTS = {
  PostgreSQL: 'bin/postgres',
  Temporal: 'start-dev',
  worker: 'runtime/worker',
  exchange: 'runtime/exchange',
  API: 'runtime/api',
};

/** Runs `work` on a system that is started for it and ended after it, whatever happens. */
export async function withSystem<T>(
  variables: Record<string, string>,
  work: (system: System) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'perpetua-bench-'));
  // PostgreSQL may run as another user, who must reach what is below.
  chmodSync(folder, 0o755);
  const [api, exchange, temporal, temporalUi, postgres] = await freePorts(5);
  const token = randomUUID();
  const child = spawn(process.execPath, program('runtime/start.ts'), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...environment(),
      ...NOTHING_FROM_OUTSIDE,
      DATA_DIR: folder,
      PORT: api,
      EXCHANGE_PORT: exchange,
      TEMPORAL_PORT: temporal,
      TEMPORAL_UI_PORT: temporalUi,
      POSTGRES_PORT: postgres,
      EXCHANGE_CONTROL_TOKEN: token,
      ...variables,
    },
  });
  const ended = once(child, 'exit');
  const stop = (): void => void child.kill('SIGTERM');
  process.once('exit', stop);
  try {
    await untilItRuns(child.stdout, ended);
    const system = connect({ api: api!, exchange: exchange!, temporal: temporal!, token, pid: child.pid! });
    await removeDemo(system);
    return await work(system);
  } finally {
    process.off('exit', stop);
    stop();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

const NOTHING_FROM_OUTSIDE = {
  DATABASE_URL: '',
  TEMPORAL_ADDRESS: '',
  PAPER_EXCHANGE_URL: '',
  PAPER_FEED: 'synthetic',
  HOST: '127.0.0.1',
  DEBUG: 'True',
  AUTH_REQUIRED: 'False',
  RATE_LIMIT_ENABLED: 'False',
  MAX_BOTS_PER_USER: '2000',
  LOG_LEVEL: 'WARNING',
};

async function freePorts(count: number): Promise<string[]> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  return ports.map(String);
}

async function untilItRuns(output: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<void> {
  const lines: string[] = [];
  const runs = new Promise<true>((resolve) => {
    createInterface({ input: output }).on('line', (line) => {
      lines.push(line);
      if (line.includes('Perpetua runs')) resolve(true);
    });
  });
  const isRunning = await Promise.race([runs, ended.then(() => false)]);
  if (!isRunning) throw new Error(`The system did not start:\n${lines.join('\n')}`);
}

function connect(at: {
  api: string;
  exchange: string;
  temporal: string;
  token: string;
  pid: number;
}): System {
  const apiUrl = `http://127.0.0.1:${at.api}`;
  const exchangeUrl = `http://127.0.0.1:${at.exchange}`;
  const authorization = { Authorization: `Bearer ${at.token}` };
  return {
    apiUrl,
    exchangeUrl,
    temporalAddress: `127.0.0.1:${at.temporal}`,
    ask: (method, path, body) => send(method, `${apiUrl}/api/v1${path}`, {}, body),
    control: (path, body) => send('POST', `${exchangeUrl}/control${path}`, authorization, body ?? {}),
    requests: (since) =>
      send('GET', `${exchangeUrl}/control/requests?since=${since}`, authorization, undefined),
    usage: () => usageByPart(at.pid, PARTS),
  };
}

async function send<T>(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: object | undefined,
): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Refused(answer.status, `${method} ${url} was answered ${answer.status}: ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}

class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function removeDemo({ ask, control }: System): Promise<void> {
  await control('/prices/freeze');
  for (const { id } of await ask<{ id: string }[]>('GET', '/bots/'))
    await untilDone(() => ask('DELETE', `/bots/${id}`));
}

/** Asks again, as one is told to, where something behind the API is too busy. */
function untilDone<T>(ask: () => Promise<T>): Promise<T> {
  return pRetry(ask, {
    retries: 10,
    factor: 1,
    shouldRetry: ({ error }) => error instanceof Refused && (error.status === 502 || error.status === 503),
  });
}

/**
 * Creates a bot on `Binance` and starts it, as the API does in one request. Returns its id.
 */
export async function createBot({ ask }: System, bot: NewBot): Promise<string> {
  const whole = { exchange: 'Binance', first_order: 'BUY', infinite_loop: false, ...bot };
  const created = await untilDone(() => ask<{ id: string; status: string }>('POST', '/bots/', whole));
  if (created.status !== 'ACTIVE') throw new Error(`The bot was created ${created.status}`);
  return created.id;
}

/** Carries out `work` for each, at most `width` at a time, in order. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const hand = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, hand));
}
