import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../engine/types.ts';
import { BinanceError, badSignature, missing } from './errors.ts';
import type { Parameters } from './parameters.ts';

const LAST_SIGNATURE = /(?:^|&)signature=([^&]*)$/;
const HEX = /^[0-9a-f]{64}$/i;
const MOST_RECV_WINDOW = 60_000;
const STANDARD_RECV_WINDOW = 5_000;
/** A timestamp may be ahead of the server by less than this (Spot API docs, "Timing security"). */
const MOST_AHEAD = 1_000;

/**
 * Checks a REST request's HMAC SHA256: over the query string followed by the body, as sent, without the signature, which
 * is the last parameter of either. Throws -1102 where none was sent, -1022 where it does not fit.
 */
export function verifyRestSignature(key: ApiKey, query: string, body: string): void {
  const inQuery = LAST_SIGNATURE.exec(query);
  const inBody = inQuery === null ? LAST_SIGNATURE.exec(body) : null;
  const match = inQuery ?? inBody;
  if (match === null)
    throw query.includes('signature=') || body.includes('signature=') ? badSignature() : missing('signature');
  const payload = inQuery === null ? query + body.slice(0, match.index) : query.slice(0, match.index) + body;
  verify(key.secret, payload, match[1] ?? '');
}

/** Checks a WebSocket API request's: over its parameters sorted by name, `a=1&b=2`, the signature left out. */
export function verifyFrameSignature(key: ApiKey, parameters: Record<string, unknown>): void {
  const signature = parameters['signature'];
  if (typeof signature !== 'string' || signature === '') throw missing('signature');
  const names = Object.keys(parameters).filter((name) => name !== 'signature');
  names.sort();
  const payload = names.map((name) => `${name}=${written(parameters[name])}`).join('&');
  verify(key.secret, payload, signature);
}

/** Checks `timestamp` and `recvWindow` against the server's clock (epoch ms). Throws -1021 and -1131. */
export function verifyTiming(parameters: Parameters, now: number): void {
  const timestamp = parameters.integer('timestamp');
  if (timestamp === null) throw missing('timestamp');
  const recvWindow = Number(parameters.amount('recvWindow') ?? STANDARD_RECV_WINDOW);
  if (recvWindow > MOST_RECV_WINDOW) throw new BinanceError(-1131, 'recvWindow must be less than 60000.');
  if (timestamp >= now + MOST_AHEAD) {
    throw new BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (now - timestamp > recvWindow) {
    throw new BinanceError(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }
}

/** How a frame's value is written in the signed text; lists and objects as JSON. */
export function written(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function verify(secret: string, payload: string, signature: string): void {
  if (!HEX.test(signature)) throw badSignature();
  const expected = createHmac('sha256', secret).update(payload).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw badSignature();
}
