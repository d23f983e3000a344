import { randomUUID } from 'node:crypto';
import type { Role } from '../../db/models/user.ts';
import { rolesUnder, type Policy } from '../policies.ts';
import type { ApiSettings } from '../settings.ts';
import { bearer, PASSWORD, signedIn, testIdentity, type Pair } from './identity.ts';
import type { TestApi } from './start-api.ts';

/** Where the policy of a route leaves somebody: `in`, or refused with that status. */
export type Access = 'in' | 401 | 403;

/** Somebody who calls the API. */
export interface Actor {
  name: string;
  /** With what they call this time: a session of their own for each call, since some calls end it. */
  headers(): Promise<Record<string, string>>;
  access(policy: Policy, settings: ApiSettings): Access;
}

/** Everybody there is to tell apart. One more is one more line; what they may is said by `access`. */
export async function actorsOf(api: TestApi): Promise<Actor[]> {
  const [user, admin, ops, traveller] = [
    await member(api, 'user'),
    await member(api, 'admin'),
    await member(api, 'ops'),
    await member(api, 'admin'),
  ];
  return [
    { name: 'anonymous', access: asNobody, headers: async () => ({}) },
    { name: 'user', access: asRole('user'), headers: async () => bearer((await user()).access_token) },
    { name: 'admin', access: asRole('admin'), headers: async () => bearer((await admin()).access_token) },
    { name: 'operator', access: asRole('ops'), headers: async () => bearer((await ops()).access_token) },
    {
      name: 'admin from elsewhere',
      access: (policy, settings) => (policy === 'admin' ? 403 : asRole('admin')(policy, settings)),
      headers: async () => ({
        ...bearer((await traveller()).access_token),
        'X-Forwarded-For': '203.0.113.9',
      }),
    },
    { name: 'before the second factor', access: asNobody, headers: async () => beforeFactor(await admin()) },
    { name: 'expired token', access: asNobody, headers: async () => expired(await admin()) },
    {
      name: 'refresh token as bearer',
      access: asNobody,
      headers: async () => bearer((await admin()).refresh_token),
    },
    { name: 'disabled admin', access: asNobody, headers: constant(await disabled(api)) },
    { name: 'admin who logged out', access: asNobody, headers: constant(await loggedOut(api)) },
  ];
}

/** Let in where the policy names the role. */
function asRole(role: Role): Actor['access'] {
  return (policy, settings) => ((rolesUnder(policy, settings)?.includes(role) ?? true) ? 'in' : 403);
}

/** Let in where nobody has to be signed in. */
function asNobody(policy: Policy, settings: ApiSettings): Access {
  return rolesUnder(policy, settings) ? 401 : 'in';
}

/** A user of that role, who signs in whenever called. */
export async function member(
  { call, knex }: Pick<TestApi, 'call' | 'knex'>,
  role: Role,
): Promise<() => Promise<Pair>> {
  const email = `${role}-${randomUUID()}@example.com`;
  const { id } = await signedIn(call, email);
  await knex('users').where({ id }).update({ role });
  return async () => (await call<Pair>('POST', '/auth/login', { email, password: PASSWORD })).body;
}

const constant = (headers: Record<string, string>) => async () => headers;

async function beforeFactor({ access_token }: Pair): Promise<Record<string, string>> {
  const { tokens } = testIdentity();
  const subject = await tokens.verify('access', access_token);
  return bearer((await tokens.sign('pre-2fa', subject!)).token);
}

/** Issued two hours ago, for a session that goes on. */
async function expired({ access_token }: Pair): Promise<Record<string, string>> {
  const subject = await testIdentity().tokens.verify('access', access_token);
  const { tokens } = testIdentity({ now: () => new Date(Date.now() - 2 * 3_600_000) });
  return bearer((await tokens.sign('access', subject!)).token);
}

async function disabled(api: TestApi): Promise<Record<string, string>> {
  const { access_token } = await (await member(api, 'admin'))();
  const { userId } = (await testIdentity().tokens.verify('access', access_token))!;
  await api.knex('users').where({ id: userId }).update({ disabled_at: new Date() });
  return bearer(access_token);
}

async function loggedOut(api: TestApi): Promise<Record<string, string>> {
  const headers = bearer((await (await member(api, 'admin'))()).access_token);
  await api.call('POST', '/auth/logout', undefined, headers);
  return headers;
}
