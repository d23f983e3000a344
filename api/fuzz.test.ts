import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { fuzzRuns } from '../runtime/testing/fuzz-runs.ts';
import { addFundBot } from '../runtime/testing/fund.ts';
import { shared } from '../runtime/testing/shared.ts';
import { CommandRefused } from '../workflows/client.ts';
import { EXAMPLE, post } from './testing/example.ts';
import { describedRequests, type Document, type Sent } from './testing/described-requests.ts';
import { signedIn } from './testing/identity.ts';
import { startApi, type TestApi } from './testing/start-api.ts';

/** Numbers as JSON may write them, beyond what a float or a column holds. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc.constantFrom(
    '1e400',
    '-1e400',
    '1e-400',
    '1e999999999999',
    '0.1e-99999',
    '-0',
    '00',
    '1.',
    '.5',
    'NaN',
    'Infinity',
  ),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', minLength: 490, maxLength: 510 }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '"\\u0000"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\x00"',
    '"',
    `"'; DROP TABLE bots;--"`,
    '"ACTIVE"',
    '"BTC/USDT"',
  ),
);
const { value: json } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    number,
    text,
    fc.constantFrom('true', 'false', 'null'),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
  object: fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map(members),
}));
const names = [
  ...Object.keys(EXAMPLE),
  ...[
    'strategy',
    'parameters',
    'protections',
    'level',
    'message',
    'bot_id',
    'extra_data',
    '__proto__',
    'constructor',
    'status',
  ],
].map((name) => JSON.stringify(name));

function members(pairs: [string, string][]): string {
  return `{${pairs.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}

/** What is valid but for one value: it gets past the first checks. */
const almostValid = (valid: Record<string, unknown>) =>
  fc.tuple(fc.constantFrom(...Object.keys(valid)), fc.oneof(number, text, json)).map(([wrong, value]) => {
    const written = Object.entries({ ...valid, [wrong]: RAW });
    return members(
      written.map(([name, inner]) => [JSON.stringify(name), inner === RAW ? value : JSON.stringify(inner)]),
    );
  });
const RAW = Symbol('raw');

const anyBody = fc.oneof(
  json,
  fc.array(fc.tuple(fc.constantFrom(...names), json), { maxLength: 6 }).map(members),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('[', '{', '['.repeat(5_000), '{"a":'.repeat(5_000), '\ufeff{}', ''),
);

const headers = fc.oneof(
  fc.constant({}),
  fc.dictionary(
    fc.constantFrom(
      'Content-Type',
      'Content-Encoding',
      'Accept-Encoding',
      'Origin',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'X-Request-ID',
      'Host',
      'Accept',
      'If-None-Match',
      'Range',
      'Access-Control-Request-Method',
    ),
    fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
      fc.constantFrom(
        'application/json',
        'application/json; charset=utf-7',
        'identity;q=0',
        '*;q=0',
        'gzip',
        ',,,',
        'bytes=0-1',
        '[::1',
        ':80',
      ),
    ),
    { maxKeys: 4 },
  ),
);

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((value) => encodeURIComponent(value)),
  fc.constantFrom(
    '%',
    '%00',
    '%ff',
    '%E0%A4%A',
    '..',
    '//',
    '\\',
    '-1',
    '0',
    '1e9',
    '99999999999',
    'ACTIVE',
    'ERROR',
    '[]',
    'a=b',
  ),
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('skip', 'limit', 'status', 'level', 'symbol', 'side', 'mode', '__proto__'),
      piece,
    ),
    { maxLength: 3 },
  )
  .map((pairs) => (pairs.length > 0 ? `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}` : ''));

const LOG = { bot_id: null, level: 'INFO', message: 'x', extra_data: {} };
const RSI = {
  strategy: 'rsi-reversal',
  ticker: 'BTC/USDT',
  exchange: 'Binance',
  parameters: {},
  protections: {},
};

/** Half goes to routes that read a body, with one that is nearly right; half anywhere with anything. */
const sendings = (botId: string): fc.Arbitrary<Sent> =>
  fc.oneof(
    fc.record({ method: fc.constant('POST'), path: fc.constant('/api/v1/logs/'), content: almostValid(LOG) }),
    fc.record({
      ...{ method: fc.constant('POST'), path: fc.constant('/api/v1/bots/') },
      content: fc.oneof(almostValid({ ...EXAMPLE, ...RSI, strategy: 'ping-pong' }), almostValid(RSI)),
    }),
    fc.record({
      ...{ method: fc.constant('PUT'), path: fc.constant(`/api/v1/bots/${botId}`) },
      content: almostValid({ ...EXAMPLE, ...RSI }),
    }),
    ...Array.from({ length: 3 }, () => anywhere(botId)),
  );

const anywhere = (botId: string) =>
  fc
    .tuple(
      fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
      fc.constantFrom(
        '/api/v1/bots/',
        '/api/v1/bots/ID',
        '/api/v1/bots/ID/start',
        '/api/v1/bots/ID/stop',
        '/api/v1/bots/ID/why',
        '/api/v1/bots/ID/trades',
        '/api/v1/bots/stop-all',
        '/api/v1/logs/',
        '/api/v1/trades',
        '/api/v1/nowhere/ID',
        '/docs/assets/ID',
        '/auth/register',
        '/auth/login',
        '/auth/login/2fa',
        '/auth/refresh',
        '/auth/2fa/enable',
        '/auth/sessions/ID',
        '/api/v1/bot/start',
        '/api/v1/bot/trades',
        '/api/v1/bot/ID',
        '/ID',
      ),
      fc.oneof(fc.constant(botId), fc.constant(randomUUID()), piece),
      query,
      anyBody,
    )
    .map(([method, path, id, rest, content]) => ({ method, path: path.replace('ID', id) + rest, content }));

function send(
  url: string,
  method: string,
  path: string,
  sent: Record<string, string>,
  content: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const call = request({ hostname, port, method, path, headers: sent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
    });
    call.on('error', reject);
    call.end(method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? undefined : content);
  });
}

const api = shared((t) => startApi(t, { trustedProxies: 1 }));

/** Goes first, so that what is valid is seen to be let through; whether chance makes one is not certain. */
const VALID: Sent = { method: 'POST', path: '/api/v1/logs/', content: JSON.stringify(LOG) };

/** A bot that outlives its deletions, or all that follows would be a 404. */
async function lastingBot({ call, bots }: TestApi): Promise<string> {
  const { command } = bots;
  bots.command = (bot, asked) =>
    asked.name === 'retire' ? Promise.reject(new CommandRefused('Kept')) : command(bot, asked);
  return (await post(call)).body.id;
}

async function fuzz(
  t: ExecutionContext,
  sending: fc.Arbitrary<Sent>,
  expected: number[],
  always: Record<string, string> = {},
): Promise<void> {
  const { url, call } = await api(t);
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(sending, headers, async ({ method, path, content }, sent) => {
      const all = { 'Content-Type': 'application/json', ...sent, ...always };
      const status = await send(url, method, path, all, content);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      return status < 500;
    }),
    { numRuns: fuzzRuns(), examples: [[VALID, {}]] },
  );
  t.log(Object.fromEntries(seen));
  for (const status of expected) t.true(seen.has(status), String(status));
  t.is((await call('GET', '/health')).status, 200);
}

test('P6: no malformed request makes a 5xx or ends the process', async (t) => {
  await fuzz(t, sendings(await lastingBot(await api(t))), [200, 201, 400, 404, 422]);
});

test('P6: nothing that the OpenAPI document describes makes a 5xx, also to an operator', async (t) => {
  const running = await api(t);
  const botId = await lastingBot(running);
  const { id, headers: operator } = await signedIn(running.call, 'fuzz-ops@example.com');
  await running.knex('users').where({ id }).update({ role: 'ops' });
  const { body } = await running.call<Document>('GET', '/openapi.json');
  await fuzz(t, describedRequests(body, botId), [200, 201, 400, 404, 422], operator);
});

test('P6: nothing that the OpenAPI document of the trading API describes makes a 5xx, also to an admin', async (t) => {
  const { call, knex } = await api(t);
  const { id, headers: admin } = await signedIn(call, 'fuzz@example.com');
  await knex('users').where({ id }).update({ role: 'admin' });
  const { body } = await call<Document>('GET', '/openapi/trading.json');
  // What ends the session would leave the rest refused.
  const { '/auth/logout': _, '/auth/sessions': sessions, ...paths } = body.paths;
  const lasting = { ...body, paths: { ...paths, '/auth/sessions': { get: sessions!['get']! } } };
  await fuzz(t, describedRequests(lasting, id), [200, 400, 401, 404, 422], admin);
});

test('P6: nothing that the OpenAPI document of the fund describes makes a 5xx, also to an admin', async (t) => {
  const { call, knex } = await api(t);
  await addFundBot(knex);
  const { id, headers: admin } = await signedIn(call, 'fuzz-fund@example.com');
  await knex('users').where({ id }).update({ role: 'admin' });
  const { body } = await call<Document>('GET', '/openapi/fund.json');
  await fuzz(t, describedRequests(body, id), [200, 400, 409], admin);
});
