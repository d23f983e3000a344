import type { ExecutionContext } from 'ava';
import { addFundBot } from '../../runtime/testing/fund.ts';
import type { Role } from '../../db/models/user.ts';
import type { Identity } from '../auth/identity.ts';
import type { ApiSettings } from '../settings.ts';
import { member } from './actors.ts';
import { bearer, testIdentity } from './identity.ts';
import { startApi, TEST_SETTINGS, type TestApi } from './start-api.ts';

export interface State {
  status: string;
  is_running: boolean;
  last_heartbeat: string | null;
  error_count: number;
  process_id: number | null;
  timestamp?: string;
}
export interface Answer {
  success: boolean;
  message?: string;
  error?: string;
  status: State;
  data: State;
  is_healthy?: boolean;
}

interface FundApiOptions {
  identity?: Identity;
  fund?: Partial<ApiSettings['fund']>;
}

/** The API over a fund whose bot is at rest, two users and an admin. */
export async function fundApi(
  t: ExecutionContext,
  { identity = testIdentity(), fund = {} }: FundApiOptions = {},
) {
  const settings = { authRequired: true, fund: { ...TEST_SETTINGS.fund, ...fund } };
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

/** Somebody of that role, signed in. */
export async function actor(api: TestApi, role: Role) {
  const { access_token: token } = await (await member(api, role))();
  const { userId: id } = (await testIdentity().tokens.verify('access', token))!;
  return { id, token, headers: bearer(token) };
}
