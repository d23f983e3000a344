import { z } from 'zod';
import { listUsers } from '../../../db/users.ts';
import { endSessions } from '../../../db/sessions.ts';
import { changePassword } from '../../commands/change-password.ts';
import { refreshSession } from '../../commands/refresh-session.ts';
import { register } from '../../commands/register.ts';
import { signIn } from '../../commands/sign-in.ts';
import { answer, route } from '../../route.ts';
import { skipAndLimit } from '../scalper/fields.ts';
import { presentUser } from './present.ts';
import {
  credentials,
  message,
  passwordChange,
  refreshed,
  refreshRequest,
  registered,
  registration,
  tokenPair,
  user,
} from './schemas.ts';

const tag = 'Authentication';
const EXAMPLE = { email: 'ada@example.com', password: 'correct-Horse-7' };

const registerUser = route({
  method: 'post',
  path: '/auth/register',
  policy: 'public',
  tag,
  summary: 'Sign up',
  body: registration,
  examples: { registration: { summary: 'A new user', value: EXAMPLE } },
  responses: { 201: registered },
  refusals: ['email_taken', 'internal', 'unavailable'],
  async handler({ body, client }, dependencies) {
    const { id, email, role, created_at } = presentUser(await register(body, client, dependencies));
    return answer(201, { id, email: email ?? '', role, created_at });
  },
});

const login = route({
  method: 'post',
  path: '/auth/login',
  policy: 'public',
  tag,
  summary: 'Sign in: opens a session',
  body: credentials,
  examples: { credentials: { summary: 'A user', value: EXAMPLE } },
  responses: { 200: tokenPair },
  refusals: ['invalid_credentials', 'locked_out', 'internal', 'unavailable'],
  async handler({ body, client }, dependencies) {
    const { accessToken, refreshToken } = await signIn(body, client, dependencies);
    return answer(200, { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer' });
  },
});

const refresh = route({
  method: 'post',
  path: '/auth/refresh',
  policy: 'public',
  tag,
  summary: 'A new access token for a refresh token',
  description:
    'With less than 24 hours left the answer has a new refresh token, and the one shown is good no more: showing it again ends the session. So a client refreshes once for all of its windows.',
  body: refreshRequest,
  examples: { refresh: { summary: 'A refresh token', value: { refresh_token: 'eyJ...' } } },
  responses: { 200: refreshed },
  refusals: ['unauthenticated', 'internal', 'unavailable'],
  async handler({ body }, dependencies) {
    const { accessToken, refreshToken } = await refreshSession(body.refresh_token, dependencies);
    const renewed = refreshToken === null ? {} : { refresh_token: refreshToken };
    return answer(200, { access_token: accessToken, ...renewed, token_type: 'bearer' });
  },
});

const logout = route({
  method: 'post',
  path: '/auth/logout',
  policy: 'signed-in',
  tag,
  summary: 'Sign out: ends this session with all of its tokens',
  responses: { 200: message },
  async handler({ caller, client: { address } }, { knex, identity }) {
    const { userId, sessionId: id } = caller;
    await endSessions(knex, { action: 'auth.sign_out', userId, address, id }, identity.now());
    return answer(200, { message: 'Logged out' });
  },
});

const change = route({
  method: 'post',
  path: '/auth/change-password',
  policy: 'signed-in',
  tag,
  summary: 'Change the password: ends every session, this one too',
  body: passwordChange,
  examples: {
    change: {
      summary: 'Another password',
      value: { current_password: EXAMPLE.password, new_password: 'battery-Staple-8' },
    },
  },
  responses: { 200: message },
  refusals: ['invalid_credentials', 'locked_out'],
  async handler({ body, caller, client }, dependencies) {
    const { current_password: currentPassword, new_password: newPassword } = body;
    await changePassword({ currentPassword, newPassword }, caller, client, dependencies);
    return answer(200, { message: 'Password changed' });
  },
});

const users = route({
  method: 'get',
  path: '/auth/users',
  policy: 'admin',
  tag,
  summary: 'List users, newest first',
  query: z.object(skipAndLimit(500)),
  responses: { 200: z.array(user) },
  async handler({ query }, { knex }) {
    return answer(200, (await listUsers(knex, query)).map(presentUser));
  },
});

export const authRoutes = [registerUser, login, refresh, logout, change, users];
