import {
  createServer,
  type IncomingMessage,
  STATUS_CODES,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type Koa from 'koa';
import { responseTo } from './live/upgrades.ts';
import { newRequestId } from './middleware/request-id.ts';
import { SECURITY_HEADERS } from './middleware/security-headers.ts';

/** What one client may take of the server, ms where it is a time. */
export interface ServerLimits {
  /** From the connection to the last header, and to the end of the request. */
  headersTimeout: number;
  requestTimeout: number;
  /** How often the two are looked after: a client is cut so much later at most. */
  connectionsCheckingInterval: number;
  /** For the next request, on a connection that has had its answer. */
  keepAliveTimeout: number;
  /** With nothing sent and nothing read: a client that does not take its answer. */
  idleTimeout: number;
  /** At once; more are closed as they come. */
  maxConnections: number;
  maxRequestsPerSocket: number;
}

/** Node's defaults (no cap, 300 s for a request) invite slow clients. */
const LIMITS: ServerLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 65_000,
  idleTimeout: 70_000,
  maxConnections: 4_096,
  maxRequestsPerSocket: 10_000,
};
const MAX_HEADERS = 100;
const PARSING = {
  maxHeaderSize: 16_384,
  // Asked for below: Node's own refusal has none of the headers that every answer has.
  requireHostHeader: false,
};

export interface Listening {
  /** `http://127.0.0.1:8000`. */
  url: string;
  server: Server;
  /** Takes no more connections; requests under way have `graceMs` to end. */
  close(graceMs?: number): Promise<void>;
}

/** Serves `app`. Rejects where the port is taken. Other limits than the standard ones are for tests. */
export async function listen(
  app: Koa,
  { host, port, limits }: { host: string; port: number; limits?: Partial<ServerLimits> },
): Promise<Listening> {
  const handle = app.callback();
  const { maxConnections, maxRequestsPerSocket, idleTimeout, ...timeouts } = { ...LIMITS, ...limits };
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const target = targetOf(request.url ?? '');
    if (target === null || !isNamed(request)) return answer(response, 400);
    request.url = target;
    void handle(request, response);
  };
  const server = createServer({ ...PARSING, ...timeouts }, serve);
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (asksForSocket(request)) serve(request, responseTo(request, socket, head));
    else serveAsSent(server, request, socket, head);
  });
  server.maxConnections = maxConnections;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  server.maxHeadersCount = MAX_HEADERS;
  server.setTimeout(idleTimeout);
  server.on('clientError', refuse);
  server.on('checkExpectation', (_, response) => answer(response, 417));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, port: taken, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    server,
    close: (graceMs = 5_000) => close(server, graceMs),
  };
}

/** A WebSocket, and not another protocol that a client would rather speak. */
function asksForSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Nobody has to take an offer of another protocol (RFC 9110, 7.8): the request is read again, without it. */
function serveAsSent(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let n = 0; n < rawHeaders.length; n += 2)
    if (!/^(upgrade|connection)$/i.test(rawHeaders[n]!)) lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const STATUS_OF: Partial<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What cannot be read as HTTP never reaches Koa; it is refused here with the same headers. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const { headers, body } = refusalWith(status);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** Path and query of a request's target, which may be a whole address; null for one that is no address. */
function targetOf(url: string): string | null {
  if (url.startsWith('/')) return url;
  if (!URL.canParse(url)) return null;
  const { pathname, search } = new URL(url);
  return pathname.startsWith('/') ? pathname + search : null;
}

/** One host, as HTTP/1.1 asks. Of two, somebody before us may have believed the other. */
function isNamed({ headersDistinct, httpVersion }: IncomingMessage): boolean {
  const hosts = headersDistinct['host']?.length ?? 0;
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

function answer(response: ServerResponse, status: number): void {
  const { headers, body } = refusalWith(status);
  response.writeHead(status, headers).end(body);
}

function refusalWith(status: number): { headers: Record<string, string | number>; body: string } {
  const body = JSON.stringify({ detail: STATUS_CODES[status] });
  const length = { 'Content-Length': Buffer.byteLength(body), Connection: 'close' };
  const name = { 'X-Request-ID': newRequestId() };
  return { body, headers: { ...SECURITY_HEADERS, ...name, 'Content-Type': 'application/json', ...length } };
}
