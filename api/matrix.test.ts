import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { addressList } from './addresses.ts';
import { contractsOf } from './app.ts';
import { linkIdentity } from '../db/identities.ts';
import type { Route } from './route.ts';
import { actorsOf, member } from './testing/actors.ts';
import { openHolder, plainRequest } from '../runtime/testing/fund-holders.ts';
import { recordDeposit } from '../db/fund/deposits.ts';
import { keepSubAccount } from '../db/fund/sub-accounts.ts';
import { insertWithdrawal } from '../db/fund/withdrawal-requests.ts';
import { post } from './testing/example.ts';
import { bearer, testClock, testIdentity } from './testing/identity.ts';
import { startApi, TEST_SETTINGS, type TestAnswer, type TestApi } from './testing/start-api.ts';

/** Where admins call from; who says to be elsewhere is believed. */
const AT_HOME = { trustedProxies: 1, adminAddresses: addressList(['127.0.0.1']) };

for (const authRequired of [true, false]) {
  test(`P10: every route lets in whom its policy names, and nobody else, with AUTH_REQUIRED=${authRequired}`, async (t) => {
    const settings = { ...TEST_SETTINGS, authRequired, ...AT_HOME };
    const api = await startApi(t, settings);
    const actors = await actorsOf(api);
    for (const route of routesUnder(settings)) {
      await Promise.all(
        actors.map(async ({ name, access, headers }) => {
          const { status, text } = await send(api, route, await headers(), { body: route.body && {} });
          const got = status === 401 || status === 403 ? status : 'in';
          t.is(got, access(route.policy, settings), `${route.method} ${route.path} as ${name}: ${text}`);
          t.true(status < 500, `${route.method} ${route.path} as ${name}: ${text}`);
        }),
      );
    }
  });
}

/**
 * What is one user's own, by the path that names it. A route under `owner` or `signed-in` whose path names something by an id that is
 * not here fails the test: say here what it names, and have it made in `own`.
 */
type Things = Record<
  | '/api/v1/bots/{bot_id}'
  | '/auth/sessions/{id}'
  | '/oauth/identities/{id}'
  | '/api/v1/wallet/withdrawals/{id}'
  | '/api/v1/wallet/addresses/{id}',
  string
>;

test("P10: another's is as if it were not there, to users, operators and admins alike", async (t) => {
  const { api, closed, user, others } = await tenants(t);
  const before = await Promise.all(others.map((other) => seenBy(api, closed, other.headers)));
  const things = await own(api, user);
  for (const [n, other] of others.entries())
    t.deepEqual(await seenBy(api, closed, other.headers), before[n]!, `what ${other.name} is shown`);

  const seen = await seenBy(api, closed, user, things);
  const [named, unnamed] = [closed.filter(namesOne), closed.filter((route) => !namesOne(route))];
  for (const { name, signIn } of others) {
    for (const route of named) {
      const label = `${route.method} ${route.path} as another ${name}`;
      const foreign = await send(api, route, await signIn(), { body: example(route), things });
      const unknown = await send(api, route, await signIn(), { body: example(route) });
      t.is(foreign.status, 404, label);
      t.deepEqual(lasting(foreign), lasting(unknown), label);
    }
    for (const route of unnamed) await send(api, route, await signIn(), { body: route.body && {} });
  }
  t.deepEqual(await seenBy(api, closed, user, things), seen, 'what is left to the user');

  // What others were refused is there: its owner is served, last of all by what takes it away.
  for (const route of named.toSorted((one, other) => rank(one) - rank(other))) {
    const { status } = await send(api, route, user, { body: example(route), things });
    t.true(status < 300 || status === 409, `${route.method} ${route.path} as its owner: ${status}`);
  }
});

const namesOne = ({ path }: Route): boolean => /\{(\w+_)?id\}/.test(path);
const example = ({ examples = {} }: Route): object | undefined => Object.values(examples)[0]?.value;
const rank = ({ method }: Route): number => ['get', 'put', 'post', 'delete'].indexOf(method);

const routesUnder = (settings: typeof TEST_SETTINGS): Route[] =>
  contractsOf(settings).flatMap(({ routes }) => routes);

/** A user, others of every role, and the routes that serve what is somebody's own. No minute passes. */
async function tenants(t: ExecutionContext) {
  const identity = testIdentity({ now: testClock().now });
  const api = await startApi(t, { authRequired: true }, { identity });
  const closed = routesUnder({ ...TEST_SETTINGS, authRequired: true }).filter(
    ({ policy }) => policy === 'owner' || policy === 'signed-in',
  );
  const others = await Promise.all(
    (['user', 'ops', 'admin'] as const).map(async (name) => {
      const enter = await member(api, name);
      const signIn = async () => bearer((await enter()).access_token);
      return { name, signIn, headers: await signIn() };
    }),
  );
  const { access_token: token } = await (await member(api, 'user'))();
  const user = bearer(token);
  // Admins are shown the whole fund: what is in it is there from the beginning.
  const { userId } = (await identity.tokens.verify('access', token))!;
  await openHolder(api.knex, '20', userId);
  return { api, closed, user, others };
}

/** Something of every kind that is the user's. */
async function own(api: TestApi, headers: Record<string, string>): Promise<Things> {
  const { call, knex } = api;
  const { id } = (await post((method, path, body) => call(method, path, body, headers))).body;
  const trade = { bot_id: id, symbol: 'BTC/USDT', side: 'BUY', exchange: 'Binance', pnl: '7' };
  await knex('trades').insert({ ...trade, quantity: '0.01', price: '45000.5' });
  await knex('bots').where({ id }).update({ pnl: '7', total_trades: 1 });
  await call('POST', '/api/v1/logs/', { bot_id: id, level: 'ERROR', message: 'only mine' }, headers);
  const { user_id } = await knex('bots').where({ id }).first('user_id');
  const session = await knex('sessions').where({ user_id }).first();
  const { id: _, ...columns } = session;
  const [phone] = await knex('sessions').insert(columns).returning('id');
  const profile = { provider: 'google', issuer: 'https://provider.example', subject: user_id };
  const identity = await linkIdentity(
    knex,
    user_id,
    { ...profile, email: null, created_at: new Date() },
    { userId: user_id, address: null },
  );
  await keepSubAccount(knex, user_id, 'mine');
  const deposit = { userId: user_id, venueDepositId: 'mine', asset: 'USDC', network: 'BSC', amount: '20' };
  const seen = { txId: '0x1', confirmations: 1, state: 'pending', seenAt: Date.now() } as const;
  await recordDeposit(knex, { ...deposit, ...seen }, { at: Date.now(), keptBecause: null });
  const { id: withdrawalId } = await insertWithdrawal(knex, plainRequest(user_id, '20'));
  const [address] = await knex('withdrawal_addresses')
    .insert({
      user_id,
      network: 'BSC',
      address: `0x${'1'.repeat(40)}`,
      label: 'mine',
      created_at: new Date(),
    })
    .returning('id');
  return {
    '/api/v1/wallet/withdrawals/{id}': withdrawalId,
    '/api/v1/wallet/addresses/{id}': address.id,
    '/api/v1/bots/{bot_id}': id,
    '/auth/sessions/{id}': phone.id,
    '/oauth/identities/{id}': identity!.id,
  };
}

/** All that the routes show somebody: lists, counts and sums; with `things`, what they are named by too. */
async function seenBy(
  api: TestApi,
  closed: Route[],
  headers: Record<string, string>,
  things?: Things,
): Promise<Record<string, unknown>> {
  const reads = closed.filter((route) => route.method === 'get' && (things || !namesOne(route)));
  const shown: Record<string, unknown> = {};
  for (const route of reads) {
    const answer = await send(api, route, headers, things && { things });
    shown[route.path] = [answer.status, answer.body];
  }
  return shown;
}

/** Calls the route, with something unknown in the place of what its path names unless it is among the `things`. */
function send(
  { call }: TestApi,
  { method, path }: Route,
  headers: Record<string, string>,
  { body, things }: { body?: object | undefined; things?: Things } = {},
): Promise<TestAnswer<unknown>> {
  return call(method.toUpperCase(), things ? addressOf(path, things) : unknownOf(path), body, headers);
}

const unknownOf = (path: string): string => path.replaceAll(/\{\w+\}/g, () => randomUUID());

function addressOf(path: string, things: Things): string {
  const [thing, id] = Object.entries(things).find(([known]) => path.startsWith(known)) ?? [];
  const address = thing && id ? path.replace(thing, thing.replace(/\{\w+\}/, id)) : path;
  if (address.includes('{')) throw new Error(`Whose is ${path}? Say it in Things of api/matrix.test.ts.`);
  return address;
}

/** An answer without what is of the moment. */
function lasting({ status, body, headers }: TestAnswer<unknown>): object {
  const moment = new Set(['date', 'x-request-id']);
  return { status, body, headers: [...headers].filter(([name]) => !moment.has(name)) };
}
