import { randomUUID } from 'node:crypto';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { post, type InvalidBody, type MalformedBody } from '../../testing/example.ts';
import { startApi } from '../../testing/start-api.ts';

const api = shared(startApi);

interface LogBody {
  id: string;
  bot_id: string | null;
  level: string;
  message: string;
  timestamp: string;
}

test('scalper-bot 28: a log is written and answered', async (t) => {
  const { call, knex } = await api(t);
  const { id } = (await post(call)).body;
  const example = { bot_id: id, level: 'INFO', message: 'Custom log message' };
  const { status, body } = await call<LogBody>('POST', '/api/v1/logs/', {
    ...example,
    extra_data: { price: 45000.5 },
  });
  t.is(status, 201);
  t.like(body, example);
  t.deepEqual(Object.keys(body), ['id', 'bot_id', 'level', 'message', 'timestamp']);
  const row = await knex('activity_logs').where({ id: body.id }).first<{ extra_data: unknown }>();
  t.deepEqual(row.extra_data, { price: 45000.5 });
});

test('scalper-bot 28: the bot may be left out, and must be there where it is not', async (t) => {
  const { call } = await api(t);
  const log = { level: 'INFO', message: 'Custom log message' };
  const { status, body } = await call<LogBody>('POST', '/api/v1/logs/', log);
  t.is(status, 201);
  t.is(body.bot_id, null);
  const unknown = await call('POST', '/api/v1/logs/', { ...log, bot_id: randomUUID() });
  t.is(unknown.status, 404);
  t.deepEqual(unknown.body, { detail: 'Bot not found' });
});

test('scalper-bot 28: an unknown level is a 422, a message of 0 or 501 characters a 400', async (t) => {
  const { call } = await api(t);
  const write = <T>(level: string, message: unknown) => call<T>('POST', '/api/v1/logs/', { level, message });
  const { status, body } = await write<MalformedBody>('DEBUG', 'x');
  t.is(status, 422);
  t.like(body.detail, [{ loc: ['body', 'level'], type: 'type_error.enum' }]);
  t.is((await write('INFO', 'x'.repeat(500))).status, 201);
  t.is((await write('INFO', '😀'.repeat(500))).status, 201);
  for (const message of ['', 'x'.repeat(501), '😀'.repeat(501)]) {
    const refused = await write<InvalidBody>('INFO', message);
    t.is(refused.status, 400);
    t.deepEqual(refused.body.errors, [{ field: 'message', message: 'Must be between 1 and 500 characters' }]);
  }
});

test('scalper-bot 29: logs are filtered by level, newest first, at most so many', async (t) => {
  const { call, knex, ownerId } = await startApi(t);
  const rows = Array.from({ length: 24 }, (_, age) => ({
    ...{ user_id: ownerId, level: age % 2 ? 'ERROR' : 'INFO', message: `log ${age}` },
    timestamp: new Date(Date.UTC(2024, 0, 1) - age * 1_000),
  }));
  await knex('activity_logs').insert(rows.toReversed());
  const { body } = await call<LogBody[]>('GET', '/api/v1/logs/?level=ERROR&skip=0&limit=10');
  t.deepEqual(
    body.map(({ message }) => message),
    Array.from({ length: 10 }, (_, index) => `log ${2 * index + 1}`),
  );
  t.is((await call('GET', '/api/v1/logs/?level=DEBUG')).status, 422);
});

test('scalper-bot 30 and 31: logs are counted by level, cleared with their true number, and then gone', async (t) => {
  const { call, knex, ownerId, lines } = await startApi(t);
  const none = { INFO: 0, SUCCESS: 0, WARNING: 0, ERROR: 0, TELEGRAM: 0, total: 0 };
  t.deepEqual((await call('GET', '/api/v1/logs/count')).body, none);
  const numbers = { INFO: 5, SUCCESS: 3, ERROR: 1 };
  const rows = Object.entries(numbers).flatMap(([level, count]) =>
    Array.from({ length: count }, () => ({ level, message: 'x', user_id: ownerId })),
  );
  await knex('activity_logs').insert(rows);
  t.deepEqual((await call('GET', '/api/v1/logs/count')).body, { ...none, ...numbers, total: 9 });
  const { status, body } = await call('DELETE', '/api/v1/logs/');
  t.is(status, 200);
  t.deepEqual(body, { message: 'All logs cleared', count: 9 });
  t.deepEqual((await call<unknown[]>('GET', '/api/v1/logs/')).body, []);
  t.true(lines.some(({ msg, count }) => msg === 'All logs cleared' && count === 9));
});
