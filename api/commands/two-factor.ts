import {
  deleteSecondFactor,
  enableSecondFactor,
  findSecondFactor,
  keepCodeTime,
  offerSecret,
} from '../../db/second-factors.ts';
import { findUser } from '../../db/users.ts';
import { newSecret, otpauthUrl, stepOf } from '../auth/authenticator.ts';
import type { Caller } from '../auth/caller.ts';
import { freshUntil } from '../auth/factor-rules.ts';
import { guardedPassword } from '../auth/guarded-attempt.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { newRecoveryCodes } from '../auth/recovery-codes.ts';
import {
  acceptCode,
  factorOff,
  openSecret,
  plainCode,
  sealSecret,
  wrongCode,
} from '../auth/second-factor.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/**
 * A secret for the caller's authenticator, shown once; nothing is asked for until they enable it. Throws `stale_sign_in` or
 * `two_factor_on`.
 */
export async function setUpTwoFactor(
  { userId, email, signedInAt }: Caller,
  { knex, identity, signal }: IdentityContext,
): Promise<{ secret: string; url: string }> {
  requireRecentSignIn({ signedInAt }, identity.now());
  const secret = newSecret();
  const offer = { userId, ...(await sealSecret(userId, secret, identity.sealer)) };
  signal.throwIfAborted();
  if (!(await offerSecret(knex, offer, identity.now()))) throw factorOn();
  return { secret, url: otpauthUrl(secret, email) };
}

/**
 * Turns the second factor on, once a code shows that the authenticator has the secret; returns the recovery codes, which
 * nobody can read again. Throws `stale_sign_in`, `two_factor_off` where no secret was asked for, `two_factor_on` or
 * `invalid_code`.
 */
export async function enableTwoFactor(
  code: string,
  { userId, sessionId, signedInAt }: Caller,
  { knex, identity, signal, address }: IdentityContext,
): Promise<string[]> {
  requireRecentSignIn({ signedInAt }, identity.now());
  const factor = await findSecondFactor(knex, userId);
  if (!factor) throw factorOff();
  if (factor.enabled_at) throw factorOn();
  // Not counted: what is waited for here keeps nothing closed yet.
  const step = stepOf(await openSecret(factor, identity.sealer), plainCode(code), identity.now());
  if (step === null) throw wrongCode();
  const shown = newRecoveryCodes();
  const enabled = { step, recoveryCodes: shown.map(plainCode), sessionId, by: { userId, address } };
  signal.throwIfAborted();
  if (!(await enableSecondFactor(knex, factor, enabled, identity.now()))) throw factorOn();
  return shown;
}

/**
 * Turns it off. A wrong password counts as a failed sign-in of this session, a wrong code for the factor; who has no password
 * has signed in recently instead. Throws `invalid_credentials`, `locked_out`, `stale_sign_in`, and what `acceptCode` throws.
 */
export async function disableTwoFactor(
  { password, code }: { password: string | undefined; code: string },
  caller: Caller,
  context: IdentityContext,
): Promise<void> {
  const { knex, identity, signal, address } = context;
  const { userId } = caller;
  const user = await findUser(knex, userId);
  if (user?.password_hash === null) requireRecentSignIn(caller, identity.now());
  else await requirePassword({ password, hash: user?.password_hash }, caller, context);
  await acceptCode(userId, code, context);
  signal.throwIfAborted();
  if (!(await deleteSecondFactor(knex, userId, { userId, address }))) throw factorOff();
}

async function requirePassword(
  { password, hash }: { password: string | undefined; hash: string | undefined },
  { userId, email, sessionId }: Caller,
  context: IdentityContext,
): Promise<void> {
  if (password === undefined) throw new ApiError('invalid_credentials', 'Send your password as password');
  const isRight = await guardedPassword(
    { userId, email, source: `session:${sessionId}` },
    () => context.identity.passwords.matches(password, hash),
    context,
  );
  if (!isRight) throw new ApiError('invalid_credentials', 'The password is not right');
}

/** Shows a code for the caller's session; returns until when no other is asked for in it. Throws what `acceptCode` throws. */
export async function verifyCode(
  code: string,
  { userId, sessionId }: Caller,
  context: IdentityContext,
): Promise<Date> {
  await acceptCode(userId, code, context);
  const at = context.identity.now();
  await keepCodeTime(context.knex, sessionId, at);
  return freshUntil(at);
}

function factorOn(): ApiError {
  return new ApiError(
    'two_factor_on',
    'Two-factor authentication is on already. Turn it off first to set up another authenticator.',
  );
}
