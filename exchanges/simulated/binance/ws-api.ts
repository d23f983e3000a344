import type { WebSocket } from 'ws';
import { BinanceError, missing } from './errors.ts';
import { Parameters } from './parameters.ts';
import { perform, refusal, type Outcome } from './perform.ts';
import { rateLimits } from './present-market.ts';
import { FRAME_ROUTES } from './routes.ts';
import { verifyFrameSignature, written } from './signature.ts';
import { Session } from './session.ts';
import { sendText, textOf } from './streams/frames.ts';
import type { UserStreams } from './streams/user-streams.ts';
import type { Venue } from './venue.ts';

type FrameId = string | number | null;

interface Frame {
  id: FrameId;
  method: string;
  params: Record<string, unknown>;
}

/** A connection to the WebSocket API (`/ws-api/v3`): requests in frames, and the user data stream they subscribe to. */
export function serveApiSocket(
  socket: WebSocket,
  { venue, users, ip }: { venue: Venue; users: UserStreams; ip: string },
): void {
  const session = new Session(socket, users);

  function answer(frame: Frame): void {
    const parameters = new Parameters({ strict: false });
    const withLimits = frame.params['returnRateLimits'] !== false;
    const send = (outcome: Outcome): void =>
      sendOutcome(socket, frame.id, outcome, withLimits ? { venue, ip } : null);
    try {
      for (const [name, value] of Object.entries(frame.params)) parameters.add(name, written(value));
      parameters.ignore('returnRateLimits', 'apiKey');
      const endpoint = session.routes.get(frame.method) ?? FRAME_ROUTES.get(frame.method);
      if (endpoint === undefined) throw new BinanceError(-1020, 'This operation is not supported.');
      const { apiKey } = frame.params;
      const outcome = perform(venue, {
        endpoint,
        method: 'WS',
        path: frame.method,
        ip,
        apiKey: typeof apiKey === 'string' ? apiKey : null,
        parameters,
        verifySignature: (key) => verifyFrameSignature(key, frame.params),
      });
      if (outcome instanceof Promise) void outcome.then(send);
      else send(outcome);
    } catch (error) {
      send(refusal(error, venue));
    }
  }

  socket.on('message', (data) => {
    const frame = readFrame(textOf(data));
    if ('refused' in frame) sendOutcome(socket, frame.id, refusal(frame.refused, venue), { venue, ip });
    else answer(frame);
  });
  socket.on('close', () => session.close());
}

function sendOutcome(
  socket: WebSocket,
  id: FrameId,
  outcome: Outcome,
  limits: { venue: Venue; ip: string } | null,
): void {
  if (outcome.kind === 'drop') {
    socket.terminate();
    return;
  }
  const rates = limits === null ? null : { rateLimits: usage(limits.venue, limits.ip) };
  const content = outcome.status === 200 ? { result: outcome.body } : { error: errorOf(outcome) };
  const text = JSON.stringify({ id, status: outcome.status, ...content, ...rates });
  sendText(socket, outcome.mangled ? text.slice(0, Math.ceil(text.length / 2)) : text);
}

/** An error says when to come back, where the REST door has Retry-After. */
function errorOf({ body, retryAfterSeconds }: Extract<Outcome, { kind: 'answer' }>): unknown {
  if (retryAfterSeconds === null || typeof body !== 'object') return body;
  const serverTime = Date.now();
  return { ...body, data: { serverTime, retryAfter: serverTime + retryAfterSeconds * 1000 } };
}

function usage(venue: Venue, ip: string): object[] {
  const [weight] = rateLimits(venue.weights.limits);
  return [{ ...weight, count: venue.weights.used(ip, venue.now()) }];
}

function readFrame(text: string): Frame | { id: FrameId; refused: BinanceError } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { id: null, refused: new BinanceError(-1135, 'Malformed JSON in the request.') };
  }
  if (typeof value !== 'object' || value === null) return { id: null, refused: missing('method') };
  const id =
    'id' in value && (typeof value.id === 'string' || typeof value.id === 'number') ? value.id : null;
  if (!('method' in value) || typeof value.method !== 'string') return { id, refused: missing('method') };
  const params = 'params' in value ? (value.params ?? {}) : {};
  if (typeof params !== 'object' || Array.isArray(params)) {
    return { id, refused: new BinanceError(-1135, "Parameter 'params' is not a JSON object.") };
  }
  return { id, method: value.method, params: { ...params } };
}
