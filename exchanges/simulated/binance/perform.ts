import { Rejection, type ApiKey, type NewAccount } from '../engine/types.ts';
import { Refusal } from '../wallet/types.ts';
import type { RequestFault } from '../control/faults.ts';
import {
  BinanceError,
  badApiKey,
  badApiKeyFormat,
  fromRejection,
  notAuthorized,
  timeout,
  tooManyOrders,
  tooMuchWeight,
} from './errors.ts';
import type { Parameters } from './parameters.ts';
import { fromRefusal } from './refusals.ts';
import { verifyTiming } from './signature.ts';
import type { Endpoint, Venue } from './venue.ts';

const KEY_FORMAT = /^[A-Za-z0-9_-]{8,128}$/;
/** Where a request carries the id that its client chose. */
const CLIENT_IDS = ['newClientOrderId', 'origClientOrderId', 'clientTranId', 'withdrawOrderId'];
const INTERNAL = new BinanceError(-1000, 'An unknown error occurred while processing the request.', {
  status: 500,
});

/** A request of either door, read but not yet checked. */
export interface Incoming {
  endpoint: Endpoint;
  /** `WS` for the WebSocket API. */
  method: string;
  /** The path, or the method of the WebSocket API. */
  path: string;
  ip: string;
  apiKey: string | null;
  parameters: Parameters;
  /** Throws where the signature is missing or wrong. */
  verifySignature(key: ApiKey): void;
}

/** What to send back. `mangled`: cut the body in half. `drop`: cut the connection without an answer. */
export type Outcome =
  | {
      kind: 'answer';
      status: number;
      body: unknown;
      mangled: boolean;
      retryAfterSeconds: number | null;
      account: NewAccount | null;
    }
  | { kind: 'drop' };
type Answer = Extract<Outcome, { kind: 'answer' }>;

/**
 * Carries a request out, or does what the armed fault says instead. A promise only where a fault delays it, or where what
 * it tells of an account must be on disk first.
 */
export function perform(venue: Venue, incoming: Incoming): Outcome | Promise<Outcome> {
  const struck = venue.faults?.forRequest(() => ({
    method: incoming.method,
    path: incoming.path,
    account: accountId(venue, incoming),
    clientOrderId: clientOrderId(incoming),
  }));
  const outcome =
    struck === undefined || struck === null
      ? carryOut(venue, incoming)
      : performFaulty(venue, incoming, struck.fault, struck.giveBack);
  if (outcome instanceof Promise) return outcome.then((late) => kept(venue, incoming, late));
  return kept(venue, incoming, outcome);
}

/** The answer to a request that could not even be read. */
export function refusal(error: unknown, venue: Venue): Answer {
  const refused = inWords(error);
  if (refused instanceof BinanceError) return refusedWith(refused);
  venue.log('exchange.failed', {
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return refusedWith(INTERNAL);
}

/** What the engine and the wallet refuse, as Binance says it. */
function inWords(error: unknown): unknown {
  if (error instanceof Rejection) return fromRejection(error);
  return error instanceof Refusal ? fromRefusal(error) : error;
}

function carryOut(venue: Venue, incoming: Incoming): Answer {
  const { endpoint, parameters, ip } = incoming;
  let account: NewAccount | null = null;
  try {
    const now = venue.now();
    venue.weights.checkBan(ip, now);
    venue.weights.charge(ip, weightOf(incoming, venue), now);
    if (endpoint.security !== 'SIGNED') {
      if (endpoint.security === 'API_KEY') authenticate(venue, incoming);
      return answered(endpoint.answer(venue, parameters), parameters, null);
    }
    const { account: owner, key } = authenticate(venue, incoming);
    account = owner;
    parameters.ignore('signature', 'apiKey');
    incoming.verifySignature(key);
    verifyTiming(parameters, now);
    requirePermission(key, endpoint.permission);
    return answered(endpoint.answer(venue, parameters, owner, key), parameters, owner);
  } catch (error) {
    return { ...refusal(error, venue), account };
  }
}

function performFaulty(
  venue: Venue,
  incoming: Incoming,
  fault: RequestFault,
  giveBack: () => void,
): Outcome | Promise<Outcome> {
  switch (fault.kind) {
    case 'lost_answer': {
      const answer = carryOut(venue, incoming);
      if (answer.status === 200) return { kind: 'drop' };
      giveBack();
      return answer;
    }
    case 'lost_request':
      return { kind: 'drop' };
    case 'delayed_acceptance':
      setTimeout(() => carryOut(venue, incoming), fault.ms).unref();
      return fault.answer === 'drop' ? { kind: 'drop' } : refusedWith(timeout());
    case 'delay':
      return new Promise((resolve) => setTimeout(() => resolve(carryOut(venue, incoming)), fault.ms));
    case 'status':
      if (fault.effect) carryOut(venue, incoming);
      return refusedWith(internalError(fault.status));
    case 'timeout':
      if (fault.effect) carryOut(venue, incoming);
      return refusedWith(timeout());
    case 'malformed_json':
      if (!fault.effect) return { ...refusedWith(INTERNAL), status: 200, mangled: true };
      return { ...carryOut(venue, incoming), mangled: true };
    case 'rate_limited':
      return refusedWith(tooMuchWeight(venue.weights.limits.weightPerMinute, fault.retryAfterSeconds));
    case 'too_many_orders':
      return refusedWith(tooManyOrders(venue.weights.limits.ordersPerTenSeconds, '10 SECOND'));
    case 'banned':
      venue.weights.ban(incoming.ip, venue.now(), fault.ms);
      return carryOut(venue, incoming);
  }
}

/** Throws -2014 for what is no key, -2015 for one that is unknown or used from another address. */
function authenticate(venue: Venue, incoming: Incoming): { account: NewAccount; key: ApiKey } {
  if (incoming.apiKey === null || !KEY_FORMAT.test(incoming.apiKey)) throw badApiKeyFormat();
  const found = venue.engine.accountByKey(incoming.apiKey);
  if (found === null) throw badApiKey();
  if (found.key.ips.length > 0 && !found.key.ips.includes(incoming.ip)) throw badApiKey();
  return found;
}

/** What moves money out of an account is forbidden in words of its own. */
function requirePermission({ permissions }: ApiKey, needed: keyof ApiKey['permissions']): void {
  if (permissions[needed] === true) return;
  throw needed === 'withdraw' || needed === 'transfer' ? notAuthorized() : badApiKey();
}

function answered(body: unknown, parameters: Parameters, account: NewAccount | null): Answer {
  parameters.finish();
  return { kind: 'answer', status: 200, body, mangled: false, retryAfterSeconds: null, account };
}

function refusedWith(error: BinanceError): Answer {
  return {
    kind: 'answer',
    status: error.status,
    body: error.body(),
    mangled: false,
    retryAfterSeconds: error.retryAfterSeconds,
    account: null,
  };
}

/** Malformed parameters cost what the cheapest request does. */
function weightOf({ endpoint, parameters }: Incoming, venue: Venue): number {
  if (typeof endpoint.weight === 'number') return endpoint.weight;
  try {
    return endpoint.weight(parameters, venue);
  } catch {
    return 1;
  }
}

function internalError(status: number): BinanceError {
  return status === 503
    ? new BinanceError(
        -1008,
        'Server is currently overloaded with other requests. Please try again in a few minutes.',
        { status },
      )
    : new BinanceError(-1001, 'Internal error; unable to process your request. Please try again.', {
        status,
      });
}

/** Holds an account's answer back until what it says outlives this process. */
function kept(venue: Venue, incoming: Incoming, outcome: Outcome): Outcome | Promise<Outcome> {
  logged(venue, incoming, outcome);
  if (venue.durable === null || incoming.endpoint.security !== 'SIGNED') return outcome;
  return venue.durable().then(
    () => outcome,
    (cause: unknown) => refusal(cause, venue),
  );
}

function logged(venue: Venue, incoming: Incoming, outcome: Outcome): void {
  if (venue.requests === null) return;
  const refused = outcome.kind === 'answer' && outcome.status !== 200;
  venue.requests.add({
    at: venue.now(),
    ip: incoming.ip,
    method: incoming.method,
    path: incoming.path,
    account: accountId(venue, incoming),
    clientOrderId: clientOrderId(incoming),
    status: outcome.kind === 'answer' ? outcome.status : 0,
    code: refused ? codeOf(outcome.body) : null,
    retryAfterSeconds: outcome.kind === 'answer' ? outcome.retryAfterSeconds : null,
  });
}

function codeOf(body: unknown): number | null {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'number'
    ? body.code
    : null;
}

function accountId(venue: Venue, incoming: Incoming): string | null {
  return incoming.apiKey === null ? null : (venue.engine.accountByKey(incoming.apiKey)?.account.id ?? null);
}

function clientOrderId({ parameters }: Incoming): string | null {
  for (const name of CLIENT_IDS) {
    const id = parameters.peek(name);
    if (id !== null) return id;
  }
  return null;
}
