import test from 'ava';
import { z } from 'zod';
import { scalper } from '../contracts/scalper/index.ts';
import { rolesUnder } from '../policies.ts';
import { shared } from '../../runtime/testing/shared.ts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { post } from '../testing/example.ts';
import { startApi, TEST_SETTINGS } from '../testing/start-api.ts';
import { describe } from './openapi.ts';

const api = shared(startApi);

/** Section 5 of the contract, with the trades added to it. */
const ENDPOINTS = {
  '/api/v1/bots/': ['get', 'post'],
  '/api/v1/bots/{bot_id}': ['get', 'put', 'delete'],
  '/api/v1/bots/{bot_id}/start': ['post'],
  '/api/v1/bots/{bot_id}/stop': ['post'],
  '/api/v1/bots/{bot_id}/toggle': ['post'],
  '/api/v1/bots/{bot_id}/pause': ['post'],
  '/api/v1/bots/{bot_id}/resume': ['post'],
  '/api/v1/bots/{bot_id}/trades': ['get'],
  '/api/v1/bots/{bot_id}/why': ['get'],
  '/api/v1/bots/stop-all': ['post'],
  '/api/v1/bots/statistics/summary': ['get'],
  '/api/v1/logs/': ['get', 'post', 'delete'],
  '/api/v1/logs/count': ['get'],
  '/api/v1/telegram/status': ['get'],
  '/api/v1/telegram/connect': ['post'],
  '/api/v1/telegram/disconnect': ['post'],
  '/api/v1/trades/': ['get'],
  '/api/v1/strategies/': ['get'],
  '/api/v1/ops/bots/': ['get'],
  '/api/v1/ops/bots/{bot_id}/pause': ['post'],
  '/api/v1/ops/bots/{bot_id}/stop': ['post'],
  '/': ['get'],
  '/health': ['get'],
  '/metrics': ['get'],
};

interface Operation {
  tags: string[];
  operationId: string;
  requestBody?: { content: Record<string, { examples: Record<string, { value: unknown }> }> };
  responses: Record<string, unknown>;
  security?: object[];
}

interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { properties: Record<string, unknown>; required: string[] }>;
    securitySchemes: object;
  };
}

test('scalper-bot 44: the document describes every endpoint', async (t) => {
  const { call } = await api(t);
  t.is((await call('GET', '/')).status, 200);
  const { body } = await call<Document>('GET', '/openapi.json');
  t.regex(body.openapi, /^3\.1\./);
  const described = Object.entries(body.paths).map(([path, methods]) => [path, Object.keys(methods)]);
  t.deepEqual(Object.fromEntries(described), ENDPOINTS);
  t.like(body.components.schemas['Bot']?.properties['status'], {
    enum: ['ACTIVE', 'STOPPED', 'PAUSED', 'ERROR'],
  });
  t.deepEqual(Object.keys(body.paths['/api/v1/bots/']!['post']!.responses), [
    ...['201', '400', '403', '413', '415', '422', '429', '500', '503'],
  ]);
});

test('The document is valid OpenAPI, and its tags come in the order of use', async (t) => {
  const { call } = await api(t);
  const { body, text } = await call<Document>('GET', '/openapi.json');
  t.deepEqual(await new Validator().validate(JSON.parse(text) as Record<string, unknown>), { valid: true });
  const operations = Object.values(body.paths).flatMap((methods) => Object.values(methods));
  t.is(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  const tags = body.tags.map(({ name }) => name);
  t.deepEqual(tags, ['Bots', 'Commands', 'Trades', 'Logs', 'Strategies', 'Telegram', 'Operations', 'System']);
  for (const operation of operations) t.true(tags.includes(operation.tags[0]!));
  t.false(JSON.stringify(body).includes('-9007199254740991'));
});

for (const authRequired of [true, false]) {
  test(`The document says which routes ask for a token with AUTH_REQUIRED=${authRequired}`, (t) => {
    const settings = { ...TEST_SETTINGS, authRequired };
    const contract = scalper(settings);
    const { paths, components } = JSON.parse(describe(contract, settings)) as Document;
    t.deepEqual(components.securitySchemes, {
      access: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    });
    const closed = contract.routes.filter(({ policy }) => rolesUnder(policy, settings));
    t.is(
      closed.some(({ policy }) => policy === 'owner'),
      authRequired,
    );
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security, responses }] of Object.entries(methods)) {
        const isClosed = closed.some((route) => route.path === path && route.method === method);
        t.deepEqual(security, isClosed ? [{ access: [] }] : undefined, `${method} ${path}`);
        t.is('401' in responses, isClosed, `${method} ${path}`);
      }
    }
  });
}

test('Every body that the documentation offers can be sent as it is', async (t) => {
  const { call } = await api(t);
  const { body } = await call<Document>('GET', '/openapi.json');
  for (const [path, methods] of Object.entries(body.paths)) {
    for (const [method, { requestBody }] of Object.entries(methods)) {
      if (!requestBody) continue;
      const examples = Object.values(requestBody.content['application/json']!.examples);
      t.true(examples.length > 0, path);
      for (const { value } of examples) {
        const { id } = (await post(call)).body;
        const { status } = await call(method.toUpperCase(), path.replace('{bot_id}', id), value);
        t.is(status, method === 'post' ? 201 : 200, path);
      }
    }
  }
});

test('Every answer comes with an example that it could be', (t) => {
  const { routes } = scalper(TEST_SETTINGS);
  const documented = routes.filter(({ tag, produces }) => tag !== 'Documentation' && !produces);
  for (const { method, path, responses } of documented) {
    for (const schema of Object.values(responses)) {
      const one = schema instanceof z.ZodArray ? (schema.element as z.ZodType) : schema;
      if (one) t.notThrows(() => one.parse(one.meta()?.['example']), `${method} ${path}`);
    }
  }
});

test('scalper-bot 44: the documentation pages load nothing from elsewhere', async (t) => {
  const { call } = await api(t);
  for (const page of ['/docs', '/redoc', '/docs/']) {
    const { status, text, headers } = await call('GET', page);
    t.is(status, 200);
    t.regex(headers.get('Content-Type')!, /^text\/html/);
    t.regex(headers.get('Content-Security-Policy')!, /script-src 'self'/);
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    t.true(loaded.length >= 3);
    for (const address of loaded.filter((address) => address !== 'data:,')) {
      const asset = await call('GET', address);
      t.is(asset.status, 200, address);
      t.regex(
        asset.headers.get('Content-Type')!,
        address.endsWith('.css') ? /^text\/css/ : /^text\/javascript/,
      );
      t.false(asset.text.includes('//cdn.'), address);
    }
  }
});

test('/docs offers the document of every API there is', async (t) => {
  const { call } = await api(t);
  const { text } = await call('GET', '/docs/assets/swagger-ui-start.js');
  const offered = [...text.matchAll(/url: '([^']+)'/g)].map(([, address]) => address!);
  t.deepEqual(offered, ['/openapi.json', '/openapi/trading.json', '/openapi/fund.json']);
  for (const address of offered) t.is((await call('GET', address)).status, 200, address);
});

test('A script that a browser has already is not sent again', async (t) => {
  const { call } = await api(t);
  const path = '/docs/assets/swagger-ui-bundle.js';
  const first = await call('GET', path);
  // As a browser asks; left to itself fetch adds no-cache.
  const asking = { 'Cache-Control': 'max-age=0' };
  const again = (tag: string) => call('GET', path, undefined, { ...asking, 'If-None-Match': tag });
  const kept = await again(first.headers.get('ETag')!);
  t.is(kept.status, 304);
  t.is(kept.text, '');
  const other = await again('W/"another"');
  t.is(other.status, 200);
  t.is(other.text, first.text);
  t.is((await call('GET', '/api/v1/bots/', undefined, { ...asking, 'If-None-Match': '*' })).status, 200);
});

test('Each strategy is listed with the schema its parameters are checked by', async (t) => {
  const { call } = await api(t);
  const { body } = await call<{ name: string; schema: { properties: Record<string, object> } }[]>(
    'GET',
    '/api/v1/strategies',
  );
  const schemas = Object.fromEntries(body.map(({ name, schema }) => [name, schema.properties]));
  t.like(schemas['ping-pong']?.['buy_price'], { type: 'number', exclusiveMinimum: 0 });
  t.like(schemas['rsi-reversal']?.['period'], { type: 'integer', default: 14 });
});
