import { TOTP } from 'otpauth';
import type { Scope } from '../../runtime/testing/database.ts';
import type { ApiSettings } from '../settings.ts';
import { PASSWORD, signedIn, testClock, testIdentity, type Pair } from './identity.ts';
import { startApi, type Call } from './start-api.ts';

/** After so long an authenticator shows another code. */
export const STEP_MS = 30_000;

/** Ada, with two-factor authentication on; her authenticator shows a code that is good. */
export async function startWithTwoFactor(t: Scope, settings: Partial<ApiSettings> = {}) {
  const clock = testClock();
  const api = await startApi(t, settings, { identity: testIdentity({ now: clock.now }) });
  const ada = await signedIn(api.call, 'ada@example.com');
  const factor = await withTwoFactor(api.call, ada.headers, clock.now);
  clock.pass(STEP_MS);
  const login = (totp_code?: string) =>
    api.call<Pair & { pre_2fa_token: string }>('POST', '/auth/login', {
      ...{ email: ada.email, password: PASSWORD, totp_code },
    });
  const withToken = (pre_2fa_token: string, code: string) =>
    api.call<Pair>('POST', '/auth/login/2fa', { pre_2fa_token, code });
  const post = (path: string, body: object = {}, headers: Record<string, string> = ada.headers) =>
    api.call('POST', path, body, headers);
  return { ...api, clock, ada, ...factor, login, withToken, post };
}

/** An authenticator that has the secret, and shows the code of the moment. */
export function authenticator(secret: string, now: () => Date): () => string {
  const totp = new TOTP({ secret });
  return () => totp.generate({ timestamp: now().getTime() });
}

/** Turns two-factor authentication on for a session; the next code is good 30 s later. */
export async function withTwoFactor(
  call: Call,
  headers: Record<string, string>,
  now: () => Date,
): Promise<{ secret: string; code: () => string; recoveryCodes: string[] }> {
  const { body } = await call<{ secret: string }>('POST', '/auth/2fa/setup', undefined, headers);
  const code = authenticator(body.secret, now);
  const enabled = await call<{ recovery_codes: string[] }>(
    ...(['POST', '/auth/2fa/enable', { code: code() }, headers] as const),
  );
  return { secret: body.secret, code, recoveryCodes: enabled.body.recovery_codes };
}

/** Another than that. */
export const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
