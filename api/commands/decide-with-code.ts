import { findWithdrawal } from '../../db/fund/withdrawal-lists.ts';
import type { WithdrawalRequest } from '../../db/fund/withdrawal-requests.ts';
import { findSecondFactor } from '../../db/second-factors.ts';
import { findUser } from '../../db/users.ts';
import { acceptCode } from '../auth/second-factor.ts';
import { ApiError } from '../errors.ts';
import { commandWithdrawal } from './command-withdrawal.ts';
import type { IdentityContext } from './context.ts';
import type { WithdrawalContext } from './request-withdrawal.ts';

/** What an admin decides about a withdrawal where they have no session that a code was shown in. */
export type Decision = { name: 'approve'; digest: string } | { name: 'reject'; reason: string };

/** For doors that have no sessions: who acts shows a code with every act. */
export type WithCode = Pick<IdentityContext, 'knex' | 'identity' | 'signal' | 'address'> & {
  log: IdentityContext['log'];
  caller: { userId: string };
};

/**
 * Carries a decision out once the admin has shown a code, which is used up by it. Of one's own request nothing is decided. Throws
 * what `requireAdminWithCode` and `commandWithdrawal` throw.
 */
export async function decideWithCode(
  id: string,
  { decision, code }: { decision: Decision; code: string },
  context: WithCode & Pick<WithdrawalContext, 'withdrawals' | 'settings' | 'commandIdFor'>,
): Promise<WithdrawalRequest> {
  const { knex, caller, log } = context;
  await requireAdminWithFactor(context);
  const request = await findWithdrawal(knex, id);
  // No code is used up for what is refused in any case.
  if (request?.user_id === caller.userId)
    throw new ApiError(
      'command_refused',
      'Nobody decides about their own withdrawal. Another administrator must.',
    );
  await acceptCode(caller.userId, code, context);
  return commandWithdrawal(id, decision, { ...context, log: () => log });
}

/** Lets an admin through who shows a code now, which is used up. Throws `forbidden`, `two_factor_off` and what `acceptCode` throws. */
export async function requireAdminWithCode(code: string, context: WithCode): Promise<void> {
  await requireAdminWithFactor(context);
  await acceptCode(context.caller.userId, code, context);
}

/** As things stand now. Throws `forbidden`, or `two_factor_off` with what to do. */
export async function requireAdminWithFactor({
  knex,
  caller,
}: Pick<WithCode, 'knex' | 'caller'>): Promise<void> {
  const user = await findUser(knex, caller.userId);
  if (user?.role !== 'admin' || user.disabled_at)
    throw new ApiError('forbidden', 'Your role does not allow this.');
  const factor = await findSecondFactor(knex, caller.userId);
  if (!factor?.enabled_at)
    throw new ApiError(
      'two_factor_off',
      'This takes a two-factor code, and your two-factor authentication is off. Sign in and set it up first: POST /auth/2fa/setup, then POST /auth/2fa/enable.',
    );
}
