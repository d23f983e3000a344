import { factorBudget, type Lockout } from '../../db/login-attempts.ts';
import type { SecondFactor } from '../../db/models/second-factor.ts';
import { findSecondFactor, useRecoveryCode, useStep } from '../../db/second-factors.ts';
import type { IdentityContext } from '../commands/context.ts';
import { ApiError } from '../errors.ts';
import { stepOf } from './authenticator.ts';
import { guardedAttempt, type Guard } from './guarded-attempt.ts';
import type { Sealer } from './sealer.ts';

/** Whoever knows the password has three codes of a million right at any time. */
const LOCKOUT: Lockout = { failures: 5, ms: 15 * 60_000 };

/**
 * Uses up a code of the user's authenticator, or one of their recovery codes. Five wrong ones lock the factor for 15 minutes,
 * nothing else; a recovery code, which nobody guesses, is accepted meanwhile, so that who knows the password alone keeps
 * nobody out. A code that was used is refused and not counted: whoever has it has not guessed it. Nothing is used up for
 * whom nobody answers any more. Throws `invalid_code`, `factor_locked`, or `two_factor_off`.
 */
export async function acceptCode(userId: string, code: string, context: IdentityContext): Promise<void> {
  const { knex, identity, signal, address } = context;
  const factor = await findSecondFactor(knex, userId);
  if (!factor?.enabled_at) throw factorOff();
  signal.throwIfAborted();
  const shown = { userId, code: plainCode(code), address };
  if (await useRecoveryCode(knex, shown, identity.now())) return;
  const secret = await openSecret(factor, identity.sealer);
  const isRight = async (): Promise<boolean> => {
    const step = stepOf(secret, plainCode(code), identity.now());
    if (step === null) return false;
    if (await useStep(knex, userId, step)) return true;
    throw new ApiError('invalid_code', 'This code was used already. Wait for the next one.');
  };
  const guard: Guard = {
    budget: factorBudget(userId),
    userId,
    lockout: LOCKOUT,
    refusal: 'factor_locked',
    what: 'wrong codes',
  };
  if (!(await guardedAttempt(guard, isRight, context))) throw wrongCode();
}

/** The secret that an authenticator shares with us. */
export function openSecret({ user_id, sealed_secret }: SecondFactor, sealer: Sealer): Promise<string> {
  return sealer.open(sealed_secret, secretOf(user_id));
}

export function sealSecret(userId: string, secret: string, sealer: Sealer): ReturnType<Sealer['seal']> {
  return sealer.seal(secret, secretOf(userId));
}

/** Without what people put between its parts. */
export function plainCode(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toUpperCase();
}

export function wrongCode(): ApiError {
  return new ApiError('invalid_code', 'The two-factor code is not right. Check the clock of your device.');
}

export function factorOff(): ApiError {
  return new ApiError('two_factor_off', 'Two-factor authentication is off. Set it up first.');
}

const secretOf = (userId: string): string => `second-factor/${userId}`;
