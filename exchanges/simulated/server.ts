import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { addressOf } from './binance/address.ts';
import { answerRest } from './binance/rest.ts';
import { serveMarketSocket } from './binance/streams/market-socket.ts';
import { MarketStreams } from './binance/streams/market-streams.ts';
import { UserStreams } from './binance/streams/user-streams.ts';
import { type Log, Venue } from './binance/venue.ts';
import { BINANCE_RATE_LIMITS, type RateLimits, Weights } from './binance/weights.ts';
import { serveApiSocket } from './binance/ws-api.ts';
import { type Control, createControl } from './control/control.ts';
import { answerControl } from './control/control-api.ts';
import { Effects } from './control/effects.ts';
import { Faults } from './control/faults.ts';
import { RequestLog } from './control/request-log.ts';
import { createEngine } from './engine/engine.ts';
import type { Engine } from './engine/types.ts';
import { listingOf } from './markets.ts';
import { openPriceSource } from './prices/open.ts';
import type { PriceSource } from './prices/source.ts';
import { openStateFile } from './state-file.ts';
import { Wallet } from './wallet/wallet.ts';

const MOST_FRAME = 64 * 1024;
const MOST_CONNECTIONS = 10_000;
const STEP_MS = 100;
const PING_MS = 20_000;

export interface SimulatedExchangeOptions {
  /** An address of this machine; loopback unless said otherwise. */
  host?: string;
  /** 0: any free one. */
  port: number;
  /** Where prices come from: `synthetic`, `file:PATH` or `live:EXCHANGE`. */
  feed: string;
  /** Same seed, same tape. */
  seed: number;
  /** Markets by their names, like `BTCUSDT`. */
  symbols: string[];
  /** Lists markets and moves prices in place of `feed`, `seed` and `symbols`. */
  prices?: (engine: Engine) => PriceSource;
  /** Where the state is kept between runs; null: it is forgotten. Holds the keys of the accounts. */
  stateFile: string | null;
  /** Opens the control API to whoever bears it; null: there is none. */
  controlToken: string | null;
  /** Binance's own where not given. */
  limits?: Partial<RateLimits>;
  /** How many times faster than on the real chains blocks come, 1 where not given; 0: when the control API says so. */
  chainPace?: number;
  /** Epoch ms; the machine's clock where not given. */
  clock?: () => number;
  log: Log;
}

export interface SimulatedExchange {
  /** `http://127.0.0.1:<port>`; the WebSocket doors are `/stream`, `/ws` and `/ws-api/v3` of the same. */
  url: string;
  port: number;
  engine: Engine;
  /** Null without a control token. */
  control: Control | null;
  /** Lets requests under way end, cuts the streams, and closes the state file. */
  close(): Promise<void>;
}

/** Starts an exchange that speaks Binance Spot. Throws where the port is taken (`EADDRINUSE`) or the state cannot be read. */
export async function startSimulatedExchange(options: SimulatedExchangeOptions): Promise<SimulatedExchange> {
  const host = options.host ?? '127.0.0.1';
  const engine = createEngine({ clock: options.clock ?? Date.now });
  const wallet = new Wallet(engine, { pace: options.chainPace ?? 1 });
  const state = options.stateFile === null ? null : await openStateFile(options.stateFile, engine, wallet);
  wallet.open();
  const prices = options.prices?.(engine) ?? (await openFeed(engine, options));
  const { controlToken: token } = options;
  const tools =
    token === null ? null : { faults: new Faults(), requests: new RequestLog(), effects: new Effects() };
  const venue = new Venue({
    engine,
    wallet,
    weights: new Weights({ ...BINANCE_RATE_LIMITS, ...options.limits }),
    faults: tools?.faults ?? null,
    requests: tools?.requests ?? null,
    durable: state === null ? null : () => state.durable(),
    log: options.log,
  });
  const users = new UserStreams(venue);
  const markets = new MarketStreams(venue);
  const control = tools === null ? null : createControl({ venue, users, prices, ...tools });
  listenToEngine({ venue, users, markets, effects: tools?.effects ?? null });

  const server = createServer((request, response) => {
    if (control !== null && token !== null && request.url?.startsWith('/control/')) {
      answerControl(control, token, request, response);
    } else answerRest(venue, request, response);
  });
  const sockets = openSockets(server, { venue, users, markets });
  const stepping = setInterval(() => step([prices, wallet], venue), STEP_MS);
  const close = async (): Promise<void> => {
    clearInterval(stepping);
    markets.close();
    sockets.close();
    await stopListening(server);
    await prices.close();
    await state?.close();
  };
  await listen(server, options.port, host).catch(async (cause: unknown) => {
    await close();
    throw cause;
  });
  const { port } = server.address() as AddressInfo;
  options.log('exchange.listening', { host, port, symbols: engine.rules().length });
  return { url: `http://${host}:${port}`, port, engine, control, close };
}

function openFeed(
  engine: Engine,
  { feed, seed, symbols, log }: SimulatedExchangeOptions,
): Promise<PriceSource> {
  return openPriceSource(engine, symbols.map(listingOf), {
    feed,
    seed,
    failed: (cause) =>
      log('exchange.feed.failed', { error: cause instanceof Error ? cause.message : String(cause) }),
  });
}

function listenToEngine(parts: {
  venue: Venue;
  users: UserStreams;
  markets: MarketStreams;
  effects: Effects | null;
}): void {
  const { venue, users, markets, effects } = parts;
  venue.engine.subscribe((event) => {
    effects?.listen(event);
    users.listen(event);
    markets.listen(event);
    if (event.type !== 'execution' || event.fill === null) return;
    const { order, fill } = event;
    const isFirst = order.executedQuantity === fill.quantity;
    if (isFirst) venue.weights.removeOrder(order.accountId, venue.now());
  });
}

/** Opens the WebSocket doors. Frames are bounded; a peer that no longer answers pings is cut off. */
function openSockets(
  server: Server,
  { venue, users, markets }: { venue: Venue; users: UserStreams; markets: MarketStreams },
): { close(): void } {
  const door = new WebSocketServer({ noServer: true, maxPayload: MOST_FRAME, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  const pinging = setInterval(() => {
    for (const socket of door.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_MS);
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const serve = serverOf(request, { venue, users, markets });
    if (serve === null) {
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    door.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on('pong', () => alive.add(socket));
      socket.on('error', () => socket.terminate());
      serve(socket);
    });
  });
  return {
    close() {
      clearInterval(pinging);
      for (const socket of door.clients) socket.terminate();
      door.close();
    },
  };
}

/** What serves a WebSocket, by the path it asks for; null for a path that is no door. */
function serverOf(
  request: IncomingMessage,
  { venue, users, markets }: { venue: Venue; users: UserStreams; markets: MarketStreams },
): ((socket: WebSocket) => void) | null {
  const url = URL.canParse(request.url ?? '/', 'ws://localhost')
    ? new URL(request.url ?? '/', 'ws://localhost')
    : null;
  if (url === null) return null;
  const { pathname, searchParams } = url;
  const [door = '', ...rest] = pathname.slice(1).split('/');
  if (door === 'ws-api' && rest[0] === 'v3') {
    return (socket) => serveApiSocket(socket, { venue, users, ip: addressOf(request) });
  }
  if (door !== 'ws' && door !== 'stream') return null;
  const names = [...rest, ...(searchParams.get('streams') ?? '').split('/')].filter((name) => name !== '');
  return (socket) => serveMarketSocket(socket, markets, { names, combined: door === 'stream' });
}

/** Lets each go on in its time; one that fails does not hold the others up. */
function step(parts: readonly { step(now: number): void }[], { engine, log }: Venue): void {
  for (const part of parts) {
    try {
      part.step(engine.now());
    } catch (error) {
      log('exchange.step.failed', { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  server.maxConnections = MOST_CONNECTIONS;
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 60_000;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Resolves once requests under way are answered. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
