import { endSessions } from '../../../db/sessions.ts';
import { changePassword } from '../../commands/change-password.ts';
import { identityContext } from '../../commands/context.ts';
import { refreshSession } from '../../commands/refresh-session.ts';
import { register } from '../../commands/register.ts';
import { signIn } from '../../commands/sign-in.ts';
import { answer, route } from '../../route.ts';
import { presentRegistered, presentSignedIn } from './present.ts';
import {
  credentials,
  message,
  passwordChange,
  refreshed,
  refreshRequest,
  registered,
  registration,
  tokenPair,
} from './schemas.ts';

const tag = 'Authentication';
const EXAMPLE = { email: 'ada@example.com', password: 'correct-Horse-7' };

const registerUser = route({
  method: 'post',
  path: '/auth/register',
  policy: 'public',
  limit: 'sign-in',
  tag,
  summary: 'Sign up',
  body: registration,
  examples: { registration: { summary: 'A new user', value: EXAMPLE } },
  responses: { 201: registered },
  refusals: ['email_taken', 'internal', 'unavailable'],
  async handler({ body, ...request }, dependencies) {
    return answer(201, presentRegistered(await register(body, identityContext(request, dependencies))));
  },
});

const login = route({
  method: 'post',
  path: '/auth/login',
  policy: 'public',
  limit: 'sign-in',
  tag,
  summary: 'Sign in: opens a session',
  description:
    'With two-factor authentication on, `totp_code` is asked for: the refusal without one has a token for `POST /auth/login/2fa`. The answer leaves a cookie with the device: failed sign-ins of strangers do not keep out who shows it.',
  body: credentials,
  examples: { credentials: { summary: 'A user', value: EXAMPLE } },
  responses: { 200: tokenPair },
  refusals: [
    ...(['invalid_credentials', 'locked_out', 'two_factor_required', 'invalid_code'] as const),
    ...(['factor_locked', 'internal', 'unavailable'] as const),
  ],
  async handler({ body, ...request }, dependencies) {
    const { email, password, totp_code: code } = body;
    const signedIn = await signIn(
      { email, password, code },
      request.client,
      identityContext(request, dependencies),
    );
    return presentSignedIn(signedIn, dependencies.settings);
  },
});

const refresh = route({
  method: 'post',
  path: '/auth/refresh',
  policy: 'public',
  tag,
  summary: 'A new access token for a refresh token',
  description:
    'With less than 24 hours left the answer has a new refresh token, which takes the place of the one shown. Who shows that again within 10 seconds, because an answer was lost or two windows refresh at once, is given the same new one, until it is used; after that, showing the old one ends the session. A session ends 30 days after signing in.',
  body: refreshRequest,
  examples: { refresh: { summary: 'A refresh token', value: { refresh_token: 'eyJ...' } } },
  responses: { 200: refreshed },
  refusals: ['unauthenticated', 'internal', 'unavailable'],
  async handler({ body, ...request }, dependencies) {
    const context = identityContext(request, dependencies);
    const { accessToken, refreshToken } = await refreshSession(body.refresh_token, context);
    const renewed = refreshToken === null ? {} : { refresh_token: refreshToken };
    return answer(200, { access_token: accessToken, ...renewed, token_type: 'bearer' });
  },
});

const logout = route({
  method: 'post',
  path: '/auth/logout',
  policy: 'signed-in',
  withoutFactor: true,
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
  limit: 'sign-in',
  stepUp: true,
  tag,
  summary: 'Change the password: ends every session, this one too',
  description:
    'Who has no password yet, having signed up by a provider, sets the first one without `current_password`, within 5 minutes of signing in.',
  body: passwordChange,
  examples: {
    change: {
      summary: 'Another password',
      value: { current_password: EXAMPLE.password, new_password: 'battery-Staple-8' },
    },
  },
  responses: { 200: message },
  refusals: ['invalid_credentials', 'locked_out', 'stale_sign_in'],
  async handler({ body, caller, ...request }, dependencies) {
    const { current_password: currentPassword, new_password: newPassword } = body;
    const context = identityContext(request, dependencies);
    await changePassword({ currentPassword, newPassword }, caller, context);
    return answer(200, { message: 'Password changed' });
  },
});

export const authRoutes = [registerUser, login, refresh, logout, change];
