import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf } from './address.ts';
import { BinanceError } from './errors.ts';
import { Parameters } from './parameters.ts';
import { perform, refusal, type Outcome } from './perform.ts';
import { REST_ROUTES } from './routes.ts';
import { verifyRestSignature } from './signature.ts';
import type { Endpoint, Venue } from './venue.ts';

const MOST_BODY = 64 * 1024;

/** Answers the REST API. Never throws: whatever is sent, the answer is Binance's. */
export function answerRest(venue: Venue, request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    route(venue, request, response, '');
    return;
  }
  readBody(request, MOST_BODY, (body) => {
    if (body === null)
      sendAnswer(venue, response, { ip: addressOf(request), outcome: refusal(tooLarge(), venue) });
    else route(venue, request, response, body);
  });
}

/** Reads a body as text and hands it on; null where it is longer than `most` bytes. Nothing where the caller hangs up. */
export function readBody(request: IncomingMessage, most: number, done: (body: string | null) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (over) return;
    if (length <= most) {
      chunks.push(chunk);
      return;
    }
    over = true;
    done(null);
  });
  request.on('end', () => {
    if (!over) done(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString());
  });
  request.on('error', () => undefined);
}

function route(venue: Venue, request: IncomingMessage, response: ServerResponse, body: string): void {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = mark === -1 ? '' : url.slice(mark + 1);
  // Node leaves the body of an answer to HEAD out by itself.
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const ip = addressOf(request);
  const endpoint = REST_ROUTES.get(`${method} ${path}`);
  if (endpoint === undefined) {
    sendAnswer(venue, response, { ip, outcome: refusal(nothingThere(venue, ip, method, path), venue) });
    return;
  }
  const parameters = new Parameters({ strict: true });
  try {
    parameters.addForm(query);
    if (body !== '') parameters.addForm(body);
  } catch (error) {
    sendAnswer(venue, response, { ip, outcome: refusal(error, venue) });
    return;
  }
  const key = request.headers['x-mbx-apikey'];
  const outcome = perform(venue, {
    endpoint,
    method,
    path,
    ip,
    apiKey: typeof key === 'string' ? key : null,
    parameters,
    verifySignature: (apiKey) => verifyRestSignature(apiKey, query, body),
  });
  if (outcome instanceof Promise) {
    void outcome.then((late) => sendAnswer(venue, response, { ip, outcome: late, endpoint }));
  } else sendAnswer(venue, response, { ip, outcome, endpoint });
}

function sendAnswer(
  venue: Venue,
  response: ServerResponse,
  { ip, outcome, endpoint }: { ip: string; outcome: Outcome; endpoint?: Endpoint },
): void {
  if (outcome.kind === 'drop') {
    response.socket?.destroy();
    return;
  }
  if (response.destroyed) return;
  const text = JSON.stringify(outcome.body);
  const body = outcome.mangled ? text.slice(0, Math.ceil(text.length / 2)) : text;
  const now = venue.now();
  const used = venue.weights.used(ip, now);
  const headers: Record<string, string | number> = {
    'Content-Type': 'application/json;charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    'x-mbx-uuid': randomUUID(),
    'x-mbx-used-weight': used,
    'x-mbx-used-weight-1m': used,
  };
  if (outcome.retryAfterSeconds !== null) headers['Retry-After'] = outcome.retryAfterSeconds;
  if (venue.skewMs !== 0) headers['Date'] = new Date(now).toUTCString();
  if (endpoint?.security === 'SIGNED' && endpoint.placesOrders && outcome.account !== null) {
    const { inTenSeconds, inDay } = venue.weights.orders(outcome.account.id, now);
    headers['x-mbx-order-count-10s'] = inTenSeconds;
    headers['x-mbx-order-count-1d'] = inDay;
  }
  response.writeHead(outcome.status, headers);
  response.end(body);
}

/** What Binance says to a path it does not know; a banned address is told of its ban whatever it asks for. */
function nothingThere(venue: Venue, ip: string, method: string, path: string): unknown {
  try {
    venue.weights.checkBan(ip, venue.now());
  } catch (ban) {
    return ban;
  }
  return new BinanceError(-5000, `Path ${path.slice(0, 200)}, Method ${method} is invalid`, { status: 404 });
}

function tooLarge(): BinanceError {
  return new BinanceError(-1101, 'Too many parameters; the request is larger than 64 KiB.', { status: 413 });
}
