import { randomUUID } from 'node:crypto';
import test from 'ava';
import { bearer, testIdentity } from '../../testing/identity.ts';
import { actor, fundApi, type Answer } from '../../testing/fund-api.ts';
import { startApi } from '../../testing/start-api.ts';

const COMMANDS = ['start', 'stop', 'pause', 'resume'] as const;
const READS = ['status', 'performance', 'trades', 'portfolio'].map((name) => `/api/v1/bot/${name}`);
/** With what a user is answered who sends no body. */
const CLOSED: [method: string, path: string, toUsers: number][] = [
  ...COMMANDS.map((name) => ['POST', `/api/v1/bot/${name}`, 403] as [string, string, number]),
  ...READS.map((path) => ['GET', path, 200] as [string, string, number]),
  ['GET', '/api/v1/wallet/deposit-address', 200],
  ['POST', '/api/v1/wallet/withdraw-request', 400],
  ['POST', `/api/v1/admin/approve-withdrawal/${randomUUID()}`, 403],
];

test('fund-integration 1, 2, 3, 4, 5 and 6: who may not is told so in one form, and health is for everybody', async (t) => {
  const { api, user, admin } = await fundApi(t);
  const subject = (await testIdentity().tokens.verify('access', admin.token))!;
  const signedBy = async (options: Parameters<typeof testIdentity>[0]) =>
    bearer((await testIdentity(options).tokens.sign('access', subject)).token);
  const nobody = [
    {},
    bearer('nonsense'),
    bearer(`${user.token}x`),
    { Authorization: 'Basic eDp5' },
    await signedBy({ now: () => new Date(Date.now() - 2 * 3_600_000) }),
    await signedBy({ secret: 'another-secret-0123456789abcdefghi' }),
  ];
  t.is((await api.call('GET', READS[0]!, undefined, await signedBy({}))).status, 200);
  for (const [method, path, toUsers] of CLOSED) {
    for (const headers of nobody) {
      const { status, body } = await api.call<Answer>(method, path, undefined, headers);
      t.is(status, 401, path);
      t.deepEqual(Object.keys(body), ['success', 'error']);
      t.false(body.success);
    }
    const { status, body } = await api.call<Answer>(method, path, undefined, user.headers);
    t.is(status, toUsers, path);
    t.is(body.success, toUsers === 200);
    t.is((await api.call(method, path, undefined, admin.headers)).status === 403, false, path);
  }
  t.is((await api.call('GET', '/api/v1/bot/health')).status, 200);
  const unknown = await api.call<Answer>('GET', '/api/v1/bot/nothing', undefined, user.headers);
  t.is(unknown.status, 404);
  t.deepEqual(unknown.body, { success: false, error: 'Not Found' } as Answer);
});

test('fund-integration 7 and 8: a command without a body, said to be JSON, is carried out and answers the state', async (t) => {
  const { api, admin } = await fundApi(t);
  const headers = { ...admin.headers, 'Content-Type': 'application/json' };
  for (const name of ['start', 'pause', 'resume', 'stop'] as const) {
    const { status, body } = await api.call<Answer>('POST', `/api/v1/bot/${name}`, undefined, headers);
    t.is(status, 200, name);
    t.deepEqual(Object.keys(body), ['success', 'message', 'status']);
    t.deepEqual(Object.keys(body.status), [
      ...['status', 'is_running', 'last_heartbeat', 'error_count', 'process_id'],
    ]);
    t.truthy(body.message);
  }
  t.is((await api.call('GET', '/api/v1/bot/status', undefined, headers)).status, 200);
  t.deepEqual(
    api.bots.commands.map(({ command }) => [command.name, command.by]),
    COMMANDS_IN_ORDER.map((name) => [name, admin.id]),
  );
  t.like(api.bots.commands.at(-1)?.command, { name: 'stop', mode: 'keep' });
});

const COMMANDS_IN_ORDER = ['start', 'pause', 'resume', 'stop'];

test('fund-integration 10, 11, 12 and 14: what each command does in each state', async (t) => {
  const { api, admin, state } = await fundApi(t);
  const ask = async (name: string): Promise<[number, string, boolean]> => {
    const { status } = await api.call('POST', `/api/v1/bot/${name}`, undefined, admin.headers);
    const now = await state();
    return [status, now.status, now.is_running];
  };
  t.deepEqual(await ask('pause'), [409, 'stopped', false]);
  t.deepEqual(await ask('resume'), [409, 'stopped', false]);
  t.deepEqual(await ask('stop'), [200, 'stopped', false]);
  t.deepEqual(await ask('start'), [200, 'running', true]);
  t.deepEqual(await ask('start'), [200, 'running', true]);
  t.deepEqual(await ask('resume'), [409, 'running', true]);
  t.deepEqual(await ask('pause'), [200, 'paused', false]);
  t.deepEqual(await ask('pause'), [409, 'paused', false]);
  t.deepEqual(await ask('resume'), [200, 'running', true]);
  await ask('pause');
  t.deepEqual(await ask('stop'), [200, 'stopped', false]);
});

test('fund-integration 16 and 17: three failures in a row are an error, and a start begins the count anew', async (t) => {
  const { api, admin, knex, botId, state } = await fundApi(t);
  const ask = (name: string) => api.call<Answer>('POST', `/api/v1/bot/${name}`, undefined, admin.headers);
  await ask('start');
  await knex('bots').where({ id: botId }).update({ failures: 2 });
  t.like(await state(), { status: 'running', is_running: true, error_count: 2 });
  await knex('bots').where({ id: botId }).update({ failures: 3 });
  t.like(await state(), { status: 'error', is_running: false, error_count: 3 });
  t.is((await ask('pause')).status, 409);
  t.is((await ask('resume')).status, 409);
  t.like((await ask('start')).body.status, { status: 'running', is_running: true, error_count: 0 });
  await knex('bots').where({ id: botId }).update({ status: 'ERROR', error: 'it broke' });
  t.like(await state(), { status: 'error', error_count: 1 });
  t.like((await ask('start')).body.status, { status: 'running', error_count: 0 });
  api.bots.startsIn = 'ERROR';
  await ask('stop');
  await knex('bots').where({ id: botId }).update({ error: 'There is no such market.' });
  const refused = await ask('start');
  t.is(refused.status, 409);
  t.regex(refused.body.error!, /There is no such market/);
  t.is((await ask('stop')).status, 200);
});

test('without a fund there is nothing to command, and reading says so quietly', async (t) => {
  const api = await startApi(t, { authRequired: true });
  const admin = await actor(api, 'admin');
  const refused = await api.call<Answer>('POST', '/api/v1/bot/start', undefined, admin.headers);
  t.is(refused.status, 404);
  t.regex(refused.body.error!, /Set FUND_SYMBOLS/);
  for (const path of READS) t.is((await api.call('GET', path, undefined, admin.headers)).status, 200, path);
  t.like((await api.call<Answer>('GET', '/api/v1/bot/health')).body, { is_healthy: false });
});

test('while Temporal is away commands are refused with 503, and reading goes on', async (t) => {
  const { api, admin, state } = await fundApi(t);
  api.bots.outage = 'away';
  const { status, body, headers } = await api.call<Answer>(
    'POST',
    '/api/v1/bot/start',
    undefined,
    admin.headers,
  );
  t.is(status, 503);
  t.deepEqual(Object.keys(body), ['success', 'error']);
  t.truthy(headers.get('Retry-After'));
  t.is((await state()).status, 'stopped');
});
