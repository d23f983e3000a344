import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import type { Knex } from 'knex';
import { clearFailures } from '../../../db/bot-failures.ts';
import { depositReceived, unitsAllotted } from '../../../bots/fund/postings.ts';
import { recordValuation } from '../../../db/fund/nav-history.ts';
import { postEntry, type Told } from '../../../db/fund/post-entry.ts';
import { recordFundTrade } from '../../../db/fund/trading-history.ts';
import { keepWorker, resignWorker } from '../../../db/workers.ts';
import { addFundBot } from '../../../runtime/testing/fund.ts';
import { member } from '../../testing/actors.ts';
import { bearer, testClock, testIdentity } from '../../testing/identity.ts';
import { startApi, type TestApi } from '../../testing/start-api.ts';

const COMMANDS = ['start', 'stop', 'pause', 'resume'] as const;
const CLOSED = [
  ...COMMANDS.map((name) => ['POST', `/api/v1/bot/${name}`] as const),
  ...['status', 'performance', 'trades', 'portfolio'].map((name) => ['GET', `/api/v1/bot/${name}`] as const),
];
const AT = Date.parse('2026-01-07T10:00:00Z');

interface State {
  status: string;
  is_running: boolean;
  last_heartbeat: string | null;
  error_count: number;
  process_id: number | null;
  timestamp?: string;
}
interface Answer {
  success: boolean;
  message?: string;
  error?: string;
  status: State;
  data: State;
  is_healthy?: boolean;
}

test('fund-integration 1, 2, 3, 4, 5 and 6: who may not is told so in one form, and health is for everybody', async (t) => {
  const { api, user, admin } = await fundApi(t);
  for (const [method, path] of CLOSED) {
    for (const headers of [
      {},
      bearer('nonsense'),
      bearer(`${user.token}x`),
      { Authorization: 'Basic eDp5' },
    ]) {
      const { status, body } = await api.call<Answer>(method, path, undefined, headers);
      t.is(status, 401, path);
      t.deepEqual(Object.keys(body), ['success', 'error']);
      t.false(body.success);
    }
    const { status, body } = await api.call<Answer>(method, path, undefined, user.headers);
    t.is(status, method === 'POST' ? 403 : 200, path);
    t.is(body.success, method === 'GET');
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
  await clearFailures(knex, botId);
});

test("fund-integration 9, 24 and 25: the state tells the worker's last beat, and health turns when that is too old", async (t) => {
  const clock = testClock();
  const { api, admin, knex, state } = await fundApi(t, { identity: testIdentity({ now: clock.now }) });
  const health = async () => (await api.call<Answer>('GET', '/api/v1/bot/health')).body;
  const never = { status: 'stopped', is_running: false, last_heartbeat: null, error_count: 0 };
  t.deepEqual(await health(), { success: true, is_healthy: false, status: never } as unknown as Answer);
  t.like(await state(), { ...never, process_id: null });
  await keepWorker(knex, { identity: 'worker', processId: 12_345 });
  t.like(await state(), { last_heartbeat: null, process_id: null }, 'before the first start');
  await started(knex);
  await api.call('POST', '/api/v1/bot/start', undefined, admin.headers);
  const running = await state();
  t.like(running, { status: 'running', process_id: 12_345 });
  t.true(running.timestamp! >= running.last_heartbeat!);
  const well = await health();
  t.deepEqual(Object.keys(well), ['success', 'is_healthy', 'status']);
  t.deepEqual(Object.keys(well.status), ['status', 'is_running', 'last_heartbeat', 'error_count']);
  t.true(well.is_healthy);
  await api.call('POST', '/api/v1/bot/pause', undefined, admin.headers);
  t.true((await health()).is_healthy);
  // Far more than a minute: the database has a clock of its own.
  clock.pass(180_000);
  const { status, body } = await api.call<Answer>('GET', '/api/v1/bot/health');
  t.is(status, 200);
  t.false(body.is_healthy);
  await resignWorker(knex, 'worker');
  t.like(await state(), { last_heartbeat: null, process_id: null });
});

test('fund-integration 19 and 20: performance is zero without trades, and exactly the example with its own', async (t) => {
  const { api, knex, user } = await fundApi(t, { fund: { initialCapital: '10000' } });
  const read = async () =>
    (
      await api.call<{ data: Record<string, number> }>(
        'GET',
        '/api/v1/bot/performance',
        undefined,
        user.headers,
      )
    ).body.data;
  const none = await read();
  t.is(Object.keys(none).length, 8);
  t.true(Object.values(none).every((value) => value === 0));
  for (let n = 1; n <= 150; n++)
    await trade(knex, n, {
      profit_loss: n <= 95 ? (n === 95 ? '150.50' : '25') : n === 150 ? '-120.30' : '-20',
    });
  await trade(knex, 151, { profit_loss: null });
  t.deepEqual(await read(), {
    ...{ total_trades: 150, winning_trades: 95, losing_trades: 55, win_rate: 63.3 },
    ...{ total_profit: 2500.5, total_loss: 1200.3, net_profit: 1300.2, roi_percent: 13 },
  });
});

interface Trades {
  count: number;
  total: number;
  data: Record<string, unknown>[];
}

test('fund-integration 21, 22, 23 and 49: trades come newest first, with how many there are', async (t) => {
  const { api, knex, user } = await fundApi(t);
  const read = async (query = '') => {
    const path = `/api/v1/bot/trades${query}`;
    return api.call<Trades & { error: string }>('GET', path, undefined, user.headers);
  };
  for (let n = 1; n <= 60; n++) await trade(knex, n, { profit_loss: n === 60 ? '125.5' : null });
  const { body } = await read();
  t.like(body, { count: 50, total: 60 });
  t.deepEqual(body.data[0], {
    ...{ id: 60, symbol: 'BTCUSDC', side: 'BUY', price: 42500.12345678, quantity: 0.05, profit_loss: 125.5 },
    timestamp: new Date(AT + 60_000).toISOString(),
  });
  t.is(body.data[1]!['profit_loss'], 0);
  t.deepEqual(
    body.data.map(({ id }) => id),
    Array.from({ length: 50 }, (_, n) => 60 - n),
  );
  t.like((await read('?limit=10')).body, { count: 10, total: 60 });
  t.like((await read('?limit=100000000000')).body, { count: 60, total: 60 });
  t.like((await read('?limit=500&offset=58')).body, { count: 2, data: { length: 2 } });
  for (const wrong of ['0', '-1', 'abc', '1.5', '', '1e3', '%00', '1&limit=2']) {
    const { status, body: refusal } = await read(`?limit=${wrong}`);
    t.is(status, 400, wrong);
    t.deepEqual(Object.keys(refusal), ['success', 'error']);
    t.regex(refusal.error, /^limit: /);
  }
  t.is((await read('?offset=-1')).status, 400);
});

interface PortfolioBody {
  data: Record<string, number> & { fund?: Record<string, unknown> };
}

test("fund-integration 26: a portfolio is the caller's own, at the newest valuation; admins see the whole fund", async (t) => {
  const { api, knex, user, admin, other } = await fundApi(t);
  const of = async ({ headers }: { headers: Record<string, string> }) =>
    (await api.call<PortfolioBody>('GET', '/api/v1/bot/portfolio', undefined, headers)).body.data;
  t.like(await of(user), { units: 0, nav_per_unit: 1, value: 0, profit_loss_percent: 0, currency: 'USDC' });
  await allotted(knex, user.id, '7500');
  await allotted(knex, other.id, '2500');
  await knex.raw(`SELECT post_entry('gain', 'main_observed', now(), '{}', ?, NULL)`, [
    JSON.stringify([
      { account: 'main', asset: 'USDC', amount: '1300.20' },
      { account: 'adjustments', asset: 'USDC', amount: '-1300.20' },
    ]),
  ]);
  await recordValuation(knex, {
    ...{ at: Date.now(), marks: {}, currency: 'USDC', initialPrice: '1' },
    ...{ reason: 'sync', provisionalBecause: null },
  });
  const mine = await of(user);
  t.like(mine, {
    ...{ units: 7500, locked_units: 0, nav_per_unit: 1.13002, value: 8475.15, total_deposited: 7500 },
    ...{ total_withdrawn: 0, profit_loss: 975.15, profit_loss_percent: 13 },
  });
  t.is(mine.fund, undefined);
  t.like(await of(other), { units: 2500, value: 2825.05 });
  const seen = await of(admin);
  t.like(seen, { units: 0, value: 0 });
  t.deepEqual(seen.fund, {
    ...{ total_units: 10_000, total_value: 11_300.2, nav_per_unit: 1.13002 },
    assets: [{ asset: 'USDC', free: 11_300.2, locked: 0, value: 11_300.2 }],
    open_positions: [],
  });
});

test('without a fund there is nothing to command, and reading says so quietly', async (t) => {
  const api = await startApi(t, { authRequired: true });
  const admin = await actor(api, 'admin');
  const refused = await api.call<Answer>('POST', '/api/v1/bot/start', undefined, admin.headers);
  t.is(refused.status, 404);
  t.regex(refused.body.error!, /Set FUND_SYMBOLS/);
  for (const [method, path] of CLOSED.filter(([way]) => way === 'GET'))
    t.is((await api.call(method, path, undefined, admin.headers)).status, 200, path);
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

async function fundApi(
  t: ExecutionContext,
  {
    identity = testIdentity(),
    fund = {},
  }: { identity?: ReturnType<typeof testIdentity>; fund?: object } = {},
) {
  const standard = { currency: 'USDC', initialPrice: '1', initialCapital: null, staleAfterSeconds: 60 };
  const settings = { authRequired: true, fund: { ...standard, ...fund } };
  const api = await startApi(t, settings, { identity });
  const { id: botId } = await addFundBot(api.knex);
  const [user, other, admin] = [
    await actor(api, 'user'),
    await actor(api, 'user'),
    await actor(api, 'admin'),
  ];
  const state = async () =>
    (await api.call<Answer>('GET', '/api/v1/bot/status', undefined, user.headers)).body.data;
  return { api, knex: api.knex, botId, user, other, admin, state };
}

async function actor(api: TestApi, role: 'user' | 'admin') {
  const { access_token: token } = await (await member(api, role))();
  const { userId: id } = (await testIdentity().tokens.verify('access', token))!;
  return { id, token, headers: bearer(token) };
}

/** As a first start leaves it. */
async function started(knex: Knex): Promise<void> {
  await knex.raw(`INSERT INTO bot_session_states (bot_id, state) SELECT id, '{}' FROM bots`);
}

async function trade(knex: Knex, n: number, change: { profit_loss: string | null }): Promise<void> {
  await recordFundTrade(knex, {
    ...{ symbol: 'BTCUSDC', side: 'BUY', price: '42500.12345678', quantity: '0.05', fee: '0' },
    ...{ exchange_order_id: String(n), executed_at: new Date(AT + n * 1_000), ...change },
  });
}

/** A deposit that has been given units, one for each USDC. */
async function allotted(knex: Knex, userId: string, amount: string): Promise<void> {
  const of = { userId, asset: 'USDC', amount };
  const id = randomUUID();
  const transaction: Told = {
    ...{ userId, type: 'deposit', asset: 'USDC', amount, units: amount, navPerUnit: '1' },
    ...{ status: 'completed', externalId: id },
  };
  await postEntry(knex, { ...depositReceived(of), key: `${id}/received`, at: AT });
  await postEntry(knex, {
    ...unitsAllotted({ ...of, units: amount }),
    key: `${id}/allotted`,
    at: AT,
    transaction,
  });
}
