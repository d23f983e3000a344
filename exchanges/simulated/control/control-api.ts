import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { BinanceError } from '../binance/errors.ts';
import { readBody } from '../binance/rest.ts';
import { Rejection } from '../engine/types.ts';
import { Refusal } from '../wallet/types.ts';
import { CHAIN_ROUTES, sentenceOf } from './chain-routes.ts';
import { type Control, KeyTaken } from './control.ts';
import { faultSchema } from './faults.ts';

const MOST_BODY = 1024 * 1024;
const amount = z
  .string()
  .regex(/^\d{1,20}(\.\d{1,8})?$/, 'write an amount as "12.5", with at most 8 decimals');
const price = amount.refine((text) => Number(text) > 0, 'write a price above 0');
const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'write a name without control characters');

const accountSchema = z.strictObject({
  id: name,
  keys: z.array(
    z.strictObject({
      key: z.string().regex(/^[A-Za-z0-9_-]{8,128}$/),
      secret: z.string().min(8).max(256),
      permissions: z
        .strictObject({
          read: z.boolean(),
          trade: z.boolean(),
          withdraw: z.boolean(),
          transfer: z.boolean().optional(),
        })
        .default({ read: true, trade: true, withdraw: false }),
      ips: z.array(z.string()).default([]),
    }),
  ),
  balances: z.record(z.string().regex(/^[A-Z0-9]{1,20}$/), amount),
  makerFee: amount.default('0.001'),
  takerFee: amount.default('0.001'),
  feeAsset: z.string().default('received'),
});
/** An account as a caller of the control API writes it. */
export type AccountInput = z.input<typeof accountSchema>;

type Answer = [status: number, body: unknown];
/** `id` is what the path ends with, where the route has `{id}`. */
type Route = (control: Control, asked: { body: unknown; query: URLSearchParams; id: string }) => Answer;

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    'POST /control/accounts',
    (control, { body }) => {
      const account = accountSchema.parse(body);
      return [control.openAccount(account) ? 201 : 200, { id: account.id }];
    },
  ],
  [
    'DELETE /control/accounts/{id}',
    (control, { id }) =>
      control.closeAccount(id) ? [200, { id }] : [404, { error: 'There is no such account.' }],
  ],
  [
    'POST /control/prices',
    (control, { body }) => {
      const move = z.strictObject({ symbol: name, price }).parse(body);
      control.movePrice(move.symbol, move.price);
      return [200, move];
    },
  ],
  ['POST /control/prices/freeze', (control) => done(() => control.freeze())],
  ['POST /control/prices/unfreeze', (control) => done(() => control.unfreeze())],
  [
    'POST /control/clock',
    (control, { body }) => {
      const { skewMs } = z.strictObject({ skewMs: z.int().min(-864e5).max(864e5) }).parse(body);
      return done(() => control.skewClock(skewMs));
    },
  ],
  [
    'POST /control/user-streams/drop',
    (control, { body }) => {
      const { account } = z.strictObject({ account: name.nullable().default(null) }).parse(body ?? {});
      return [200, { dropped: control.dropUserStreams(account) }];
    },
  ],
  ['POST /control/faults', (control, { body }) => [201, { id: control.addFault(faultSchema.parse(body)) }]],
  ['GET /control/faults', (control) => [200, control.faults()]],
  ['DELETE /control/faults', (control) => done(() => control.clearFaults())],
  ['GET /control/effects', (control, { query }) => [200, control.effects(query.get('account'))]],
  [
    'GET /control/requests',
    (control, { query }) => [200, control.requests(z.coerce.number().catch(0).parse(query.get('since')))],
  ],
  ...CHAIN_ROUTES,
]);

/** Answers `/control/*` to whoever bears the token. Bodies and answers are JSON; a refusal is `{error}` and says what to do. */
export function answerControl(
  control: Control,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (!bears(request, token)) {
    send(response, [401, { error: 'Send the control token: Authorization: Bearer <token>.' }]);
    return;
  }
  readBody(request, MOST_BODY, (text) => {
    if (text === null) send(response, [413, { error: 'The body is larger than 1 MiB.' }]);
    else void answerOnceKept(control, route(control, request, text)).then((answer) => send(response, answer));
  });
}

function route(control: Control, request: IncomingMessage, text: string): Answer {
  try {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, path = url.pathname, id = ''] = /^(\/control\/accounts\/)([^/]+)$/.exec(url.pathname) ?? [];
    const answer = ROUTES.get(`${request.method ?? 'GET'} ${id === '' ? path : `${path}{id}`}`);
    if (answer === undefined) return [404, { error: `There are ${[...ROUTES.keys()].join(', ')}.` }];
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return answer(control, { body, query: url.searchParams, id: decodeURIComponent(id) });
  } catch (error) {
    if (error instanceof z.ZodError) return [422, { error: z.prettifyError(error) }];
    if (error instanceof SyntaxError) return [400, { error: 'The body is not JSON.' }];
    if (error instanceof KeyTaken) return [409, { error: error.message }];
    if (error instanceof Refusal) return [422, { error: sentenceOf(error) }];
    if (error instanceof BinanceError || error instanceof Rejection) return [422, { error: error.message }];
    return [500, { error: error instanceof Error ? error.message : 'Unknown failure.' }];
  }
}

function answerOnceKept(control: Control, answer: Answer): Promise<Answer> {
  return control.durable().then(
    () => answer,
    () => [500, { error: 'The state file cannot be written; see the log of the exchange.' }],
  );
}

function done(act: () => void): Answer {
  act();
  return [200, {}];
}

function send(response: ServerResponse, [status, body]: Answer): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function bears(request: IncomingMessage, token: string): boolean {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
