import { randomUUID } from 'node:crypto';
import test from 'ava';
import { PASSWORD, signedIn } from '../../testing/identity.ts';
import { startApi, type TestApi } from '../../testing/start-api.ts';
import { shared } from '../../../runtime/testing/shared.ts';

const api = shared((t) => startApi(t, { authRequired: true }));

interface UserBody {
  id: string;
  role: string;
  disabled: boolean;
  detail: string;
}

async function admin({ call, knex }: TestApi) {
  const who = await signedIn(call, `${randomUUID()}@example.com`);
  await knex('users').where({ id: who.id }).update({ role: 'admin' });
  return {
    ...who,
    setRole: (id: string, role: string) =>
      call<UserBody>('PUT', `/auth/users/${id}/role`, { role }, who.headers),
    disable: (id: string) => call<UserBody>('POST', `/auth/users/${id}/disable`, undefined, who.headers),
    enable: (id: string) => call<UserBody>('POST', `/auth/users/${id}/enable`, undefined, who.headers),
  };
}

test("P8: a role that an admin gives or takes acts with that user's next request", async (t) => {
  const running = await api(t);
  const { id: adminId, setRole } = await admin(running);
  const { id, headers } = await signedIn(running.call, 'role@example.com');
  const statusOf = async (path: string) => (await running.call('GET', path, undefined, headers)).status;
  const seen = async () => [
    await statusOf('/api/v1/bots/'),
    await statusOf('/api/v1/ops/bots/'),
    await statusOf('/auth/users'),
  ];
  t.deepEqual(await seen(), [200, 403, 403]);
  t.like((await setRole(id, 'ops')).body, { id, role: 'ops', disabled: false });
  t.deepEqual(await seen(), [200, 200, 403]);
  t.like((await setRole(id, 'admin')).body, { role: 'admin' });
  t.deepEqual(await seen(), [200, 200, 200]);
  t.like((await setRole(id, 'user')).body, { role: 'user' });
  t.deepEqual(await seen(), [200, 403, 403]);

  t.is((await setRole(id, 'root')).status, 422);
  const own = await setRole(adminId, 'user');
  t.is(own.status, 409);
  t.regex(own.body.detail, /another admin/);
  const unknown = await setRole(randomUUID(), 'ops');
  t.is(unknown.status, 404);
  t.deepEqual(unknown.body as unknown, { detail: 'User not found' });
});

test('P8: a user who is disabled is out with their next request, and their sessions do not come back', async (t) => {
  const running = await api(t);
  const { call, knex } = running;
  const { id: adminId, disable, enable } = await admin(running);
  const { id, email, headers, refresh_token } = await signedIn(call, 'disabled@example.com');
  const statusOf = async () => (await call('GET', '/api/v1/bots/', undefined, headers)).status;
  const signIn = async () => (await call('POST', '/auth/login', { email, password: PASSWORD })).status;
  t.is(await statusOf(), 200);
  t.like((await disable(id)).body, { id, disabled: true });
  t.like((await disable(id)).body, { id, disabled: true });
  const out = async () => {
    t.is(await statusOf(), 401);
    t.is((await call('POST', '/auth/refresh', { refresh_token })).status, 401);
  };
  await out();
  t.is(await signIn(), 401);
  t.is(await knex('sessions').where({ user_id: id, ended_at: null }).first(), undefined);
  t.like((await enable(id)).body, { id, disabled: false });
  await out();
  t.is(await signIn(), 200);
  t.is((await disable(adminId)).status, 409);
  t.is((await enable(randomUUID())).status, 404);
});

test('A sign-in that was under way while its user was disabled opens nothing later', async (t) => {
  const running = await api(t);
  const { call, knex } = running;
  const { disable, enable } = await admin(running);
  const { id, headers } = await signedIn(call, 'under-way@example.com');
  await disable(id);
  await enable(id);
  // The session it would have opened in between.
  await knex('sessions').where({ user_id: id }).update({ ended_at: null });
  t.is((await call('GET', '/auth/sessions', undefined, headers)).status, 401);
});

test('Of two admins who demote each other at once one stays', async (t) => {
  const running = await startApi(t);
  const [one, other] = [await admin(running), await admin(running)];
  for (let round = 0; round < 5; round++) {
    await running.knex('users').update({ role: 'admin' });
    const answers = await Promise.all([one.setRole(other.id, 'user'), other.setRole(one.id, 'user')]);
    t.deepEqual(answers.map(({ status }) => String(status)).toSorted(), ['200', '403']);
    t.is((await running.knex('users').whereIn('id', [one.id, other.id]).where({ role: 'admin' })).length, 1);
  }
});

test('Who has bots cannot be deleted, only disabled', async (t) => {
  const { knex, call } = await api(t);
  const { id, headers } = await signedIn(call, 'with-bots@example.com');
  const { ticker, exchange, first_order } = { ticker: 'BTC/USDT', exchange: 'Binance', first_order: 'BUY' };
  const bot = { ticker, exchange, first_order, quantity: '1', buy_price: '1', sell_price: '2' };
  await knex('bots').insert({ ...bot, user_id: id });
  const error = await t.throwsAsync<Error & { constraint?: string }>(async () =>
    knex('users').where({ id }).delete(),
  );
  t.is(error.constraint, 'bots_user_id_fkey');
  t.is((await call('GET', '/api/v1/bots/', undefined, headers)).status, 200);
});
