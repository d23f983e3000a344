import { z } from 'zod';
import { countRecoveryCodes, findSecondFactor } from '../../../db/second-factors.ts';
import { freshUntil } from '../../auth/factor-rules.ts';
import { signInWithCode } from '../../commands/sign-in.ts';
import { identityContext } from '../../commands/context.ts';
import { disableTwoFactor, enableTwoFactor, setUpTwoFactor, verifyCode } from '../../commands/two-factor.ts';
import { answer, route } from '../../route.ts';
import { timestamp } from '../scalper/fields.ts';
import { presentSignedIn } from './present.ts';
import { message, signInWithCodeRequest, tokenPair, twoFactorCode } from './schemas.ts';

const tag = 'Two-factor';
const CODE = { code: '123456' };
const A_CODE = { code: { summary: 'What the authenticator shows', value: CODE } };

const login = route({
  method: 'post',
  path: '/auth/login/2fa',
  policy: 'public',
  limit: 'sign-in',
  tag,
  summary: 'Sign in: the second step, with a code',
  description:
    'For who has signed in with the password alone and was answered `two_factor_required`. The token is good for 5 minutes and for nothing else. A recovery code does as well.',
  body: signInWithCodeRequest,
  examples: { code: { summary: 'A code', value: { pre_2fa_token: 'eyJ...', ...CODE } } },
  responses: { 200: tokenPair },
  refusals: ['unauthenticated', 'invalid_code', 'factor_locked', 'two_factor_off', 'internal', 'unavailable'],
  async handler({ body, ...request }, dependencies) {
    const { pre_2fa_token: token, code } = body;
    const signedIn = await signInWithCode(
      { token, code },
      request.client,
      identityContext(request, dependencies),
    );
    return presentSignedIn(signedIn, dependencies.settings);
  },
});

const setup = route({
  method: 'post',
  path: '/auth/2fa/setup',
  policy: 'signed-in',
  withoutFactor: true,
  tag,
  summary: 'A secret for an authenticator; nothing changes until it is enabled',
  description: 'Within 5 minutes of signing in.',
  responses: {
    200: z.strictObject({ secret: z.string(), otpauth_url: z.string() }).meta({
      id: 'TwoFactorSetup',
      example: {
        secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        otpauth_url: 'otpauth://totp/Perpetua:ada%40example.com?issuer=Perpetua&secret=JBSWY3DPEHPK3PXP',
      },
    }),
  },
  refusals: ['stale_sign_in', 'two_factor_on'],
  async handler({ caller, ...request }, dependencies) {
    const { secret, url } = await setUpTwoFactor(caller, identityContext(request, dependencies));
    return answer(200, { secret, otpauth_url: url });
  },
});

const enable = route({
  method: 'post',
  path: '/auth/2fa/enable',
  policy: 'signed-in',
  limit: 'sign-in',
  withoutFactor: true,
  tag,
  summary: 'Turn two-factor authentication on; answers ten recovery codes, which are never shown again',
  description: 'Within 5 minutes of signing in.',
  body: twoFactorCode,
  examples: A_CODE,
  responses: {
    200: z.strictObject({ recovery_codes: z.array(z.string()) }).meta({
      id: 'RecoveryCodes',
      example: { recovery_codes: ['ABCD-EFGH-IJKL-MNOP'] },
    }),
  },
  refusals: ['stale_sign_in', 'invalid_code', 'two_factor_on', 'two_factor_off'],
  async handler({ body, caller, ...request }, dependencies) {
    return answer(200, {
      recovery_codes: await enableTwoFactor(body.code, caller, identityContext(request, dependencies)),
    });
  },
});

const disable = route({
  method: 'post',
  path: '/auth/2fa/disable',
  policy: 'signed-in',
  limit: 'sign-in',
  stepUp: true,
  tag,
  summary: 'Turn two-factor authentication off',
  description:
    'Who has no password, having signed up by a provider, leaves it out, within 5 minutes of signing in.',
  body: z
    .object({ password: z.string().optional(), ...twoFactorCode.shape })
    .meta({ id: 'TwoFactorDisabling' }),
  examples: { both: { summary: 'Both factors', value: { password: 'correct-Horse-7', ...CODE } } },
  responses: { 200: message },
  refusals: [
    ...(['invalid_credentials', 'locked_out', 'stale_sign_in'] as const),
    ...(['invalid_code', 'factor_locked', 'two_factor_off'] as const),
  ],
  async handler({ body, caller, ...request }, dependencies) {
    const { password, code } = body;
    await disableTwoFactor({ password, code }, caller, identityContext(request, dependencies));
    return answer(200, { message: 'Two-factor authentication is off' });
  },
});

const status = route({
  method: 'get',
  path: '/auth/2fa/status',
  policy: 'signed-in',
  withoutFactor: true,
  tag,
  summary: 'Whether two-factor authentication is on',
  responses: {
    200: z
      .strictObject({
        enabled: z.boolean(),
        enabled_at: timestamp.nullable(),
        recovery_codes_left: z.int().min(0),
        fresh_until: timestamp.nullable().meta({
          description: 'Until when this session is asked for no other code; null where it has shown none',
        }),
      })
      .meta({ id: 'TwoFactorStatus' }),
  },
  async handler({ caller }, { knex }) {
    const factor = await findSecondFactor(knex, caller.userId);
    const enabledAt = factor?.enabled_at ?? null;
    return answer(200, {
      enabled: enabledAt !== null,
      enabled_at: enabledAt?.toISOString() ?? null,
      recovery_codes_left: await countRecoveryCodes(knex, caller.userId),
      fresh_until: enabledAt && caller.codeAt ? freshUntil(caller.codeAt).toISOString() : null,
    });
  },
});

const verify = route({
  method: 'post',
  path: '/auth/2fa/verify',
  policy: 'signed-in',
  limit: 'sign-in',
  tag,
  summary: 'Show a code for this session: what is sensitive asks for one not older than 5 minutes',
  body: twoFactorCode,
  examples: A_CODE,
  responses: { 200: z.strictObject({ fresh_until: timestamp }).meta({ id: 'TwoFactorVerified' }) },
  refusals: ['invalid_code', 'factor_locked', 'two_factor_off'],
  async handler({ body, caller, ...request }, dependencies) {
    const until = await verifyCode(body.code, caller, identityContext(request, dependencies));
    return answer(200, { fresh_until: until.toISOString() });
  },
});

export const twoFactorRoutes = [login, setup, enable, disable, status, verify];
