import test from 'ava';
import type { Knex } from 'knex';
import { recordAudit } from '../../../db/audit.ts';
import { verifyAudit } from '../../../db/audit-verify.ts';
import { TEST_AUDIT_KEY } from '../../../runtime/testing/database.ts';
import { shared } from '../../../runtime/testing/shared.ts';
import { bearer, PASSWORD, signedIn, type Pair } from '../../testing/identity.ts';
import { startApi, type Call } from '../../testing/start-api.ts';

const api = shared(startApi);

interface EntryBody {
  id: number;
  user_id: string | null;
  actor_ip: string | null;
  action: string;
  target: string;
  details: Record<string, unknown>;
  created_at: string;
  number: number;
}

async function admin(call: Call, knex: Knex, email: string) {
  const user = await signedIn(call, email);
  await knex('users').where({ id: user.id }).update({ role: 'admin' });
  const list = async (query: string) =>
    (await call<EntryBody[]>('GET', `/admin/audit-logs?${query}`, undefined, user.headers)).body;
  return { ...user, list };
}

test('trading-api 71: signing up, in and out, a lock-out and a changed password are in the audit log', async (t) => {
  const { call, knex } = await api(t);
  const { list } = await admin(call, knex, 'reader@example.com');
  const { id, email, headers } = await signedIn(call, 'watched@example.com');
  const login = (password: string) => call<Pair>('POST', '/auth/login', { email, password });
  const signedInAgain = async (password = PASSWORD) => bearer((await login(password)).body.access_token);

  await call('POST', '/auth/logout', undefined, headers);
  const of = await signedInAgain();
  const [session] = (await call<{ id: string }[]>('GET', '/auth/sessions', undefined, of)).body;
  await call('DELETE', `/auth/sessions/${session!.id}`, undefined, of);
  await call('DELETE', '/auth/sessions', undefined, await signedInAgain());
  const change = { current_password: PASSWORD, new_password: 'battery-Staple-8' };
  await call('POST', '/auth/change-password', change, await signedInAgain());
  for (let failure = 0; failure < 7; failure++) await login(PASSWORD);

  const entries = (await list(`user=${id}`)).toReversed();
  t.deepEqual(
    entries.map(({ action }) => action),
    [
      ...['auth.register', 'auth.sign_in', 'auth.sign_out'],
      ...['auth.sign_in', 'session.end', 'auth.sign_in', 'session.end_all'],
      ...['auth.sign_in', 'auth.change_password', 'auth.lock_out'],
    ],
  );
  t.deepEqual(
    entries.map(({ number }) => number),
    entries.map((_, at) => at + 1),
  );
  for (const { action, user_id, actor_ip, target } of entries) {
    t.is(user_id, action === 'auth.lock_out' ? null : id, action);
    t.regex(actor_ip ?? '', /127\.0\.0\.1/);
    t.is(target, `user/${id}`);
  }
  t.deepEqual(entries[3]?.details, { session: session!.id, by: 'password' });
  t.deepEqual(entries[4]?.details, { session: session!.id });
  t.notRegex(JSON.stringify(entries), /watched@|battery|correct-Horse|eyJ/);
  t.deepEqual((await verifyAudit(knex, [TEST_AUDIT_KEY], none())).faults, []);
});

test('trading-api 71: what an admin does to a user is in the audit log, with who did it', async (t) => {
  const { call, knex } = await api(t);
  const { id: by, headers, list } = await admin(call, knex, 'ruler@example.com');
  const { id } = await signedIn(call, 'ruled@example.com');
  await call('PUT', `/auth/users/${id}/role`, { role: 'ops' }, headers);
  await call('PUT', `/auth/users/${id}/role`, { role: 'ops' }, headers);
  await call('POST', `/auth/users/${id}/disable`, undefined, headers);
  await call('POST', `/auth/users/${id}/enable`, undefined, headers);
  const entries = (await list(`user=${id}`)).toReversed().filter(({ action }) => action.startsWith('user.'));
  t.deepEqual(
    entries.map(({ action, details }) => [action, details]),
    [
      ['user.change_role', { role: 'ops' }],
      ['user.disable', {}],
      ['user.enable', {}],
    ],
  );
  for (const { user_id, actor_ip } of entries) t.deepEqual([user_id, actor_ip], [by, '127.0.0.1']);
});

test('The lock-out of an address that is nobody’s is recorded without it', async (t) => {
  const { call, knex } = await api(t);
  const { list } = await admin(call, knex, 'curious@example.com');
  const guess = { email: 'nobody@example.com', password: PASSWORD };
  await Promise.all(Array.from({ length: 8 }, () => call('POST', '/auth/login', guess)));
  const lockOuts = (await list('action=auth.lock_out')).filter(({ target }) => target === 'system');
  t.is(lockOuts.length, 1);
  t.deepEqual([lockOuts[0]?.user_id, lockOuts[0]?.details], [null, { seconds: 60 }]);
  t.notRegex(JSON.stringify(lockOuts), /nobody@/);
});

test('Admins read the audit log by user, action, time and page; nobody else reads it', async (t) => {
  const { call, knex } = await api(t);
  const { id, headers, list } = await admin(call, knex, 'pages@example.com');
  for (let count = 0; count < 5; count++)
    await call('POST', '/auth/login', { email: 'pages@example.com', password: PASSWORD });
  const all = await list(`user=${id}&action=auth.sign_in`);
  t.is(all.length, 6);
  const first = await list(`user=${id}&action=auth.sign_in&limit=4`);
  const rest = await list(`user=${id}&action=auth.sign_in&limit=4&before=${first.at(-1)!.id}`);
  t.deepEqual([...first, ...rest], all);
  const until = encodeURIComponent(first[0]!.created_at.replace('Z', '+00:00'));
  const from = encodeURIComponent(rest.at(-1)!.created_at);
  t.is((await list(`user=${id}&action=auth.sign_in&from=${from}&to=${until}`)).length, 5);
  for (const query of ['user=x', 'action=nothing', 'from=yesterday', 'before=-1', 'limit=501'])
    t.is((await call('GET', `/admin/audit-logs?${query}`, undefined, headers)).status, 422, query);

  const { headers: user } = await signedIn(call, 'nosy@example.com');
  t.is((await call('GET', '/admin/audit-logs')).status, 401);
  t.is((await call('GET', '/admin/audit-logs', undefined, user)).status, 403);
});

test('A sign-in that cannot be recorded is refused for now, and no session is opened', async (t) => {
  const { call, knex } = await api(t);
  const { id, email } = await signedIn(call, 'held@example.com');
  const held = await knex.transaction();
  const entry = { action: 'auth.sign_in', userId: id, address: null } as const;
  await recordAudit(held, { subject: `user/${id}`, ...entry });
  const { status, headers } = await call('POST', '/auth/login', { email, password: PASSWORD });
  t.is(status, 503);
  t.truthy(headers.get('Retry-After'));
  t.is((await knex('sessions').where({ user_id: id })).length, 1);
  await held.rollback();
  t.is((await call('POST', '/auth/login', { email, password: PASSWORD })).status, 200);
});

async function* none(): AsyncGenerator<never> {}
