import { randomUUID } from 'node:crypto';
import { isOver } from '../../bots/fund/withdrawal-status.ts';
import { keepCommand } from '../../db/fund/withdrawal-commands.ts';
import { findWithdrawal } from '../../db/fund/withdrawal-lists.ts';
import type { WithdrawalRequest } from '../../db/fund/withdrawal-requests.ts';
import type { Resolution, WithdrawalCommand } from '../../workflows/messages.ts';
import { ApiError } from '../errors.ts';
import type { WithdrawalContext } from './request-withdrawal.ts';

/** What a person may ask of a withdrawal. Without a digest an approval is of the request as it is now. */
export type WithdrawalAsk =
  | { name: 'approve'; digest?: string | undefined }
  | { name: 'reject'; reason: string }
  | { name: 'cancel' }
  | { name: 'resolve'; outcome: Resolution };

/**
 * Asks, waits until it is carried out, and returns the request as stored then. A holder reaches their own alone, by `cancel`;
 * the rest is for admins. Throws `withdrawal_not_found`, or `command_refused` where its state does not allow it.
 */
export async function commandWithdrawal(
  id: string,
  ask: WithdrawalAsk,
  { knex, withdrawals, identity, caller: { userId }, address, commandIdFor }: WithdrawalContext,
): Promise<WithdrawalRequest> {
  const own = ask.name === 'cancel' ? { userId } : {};
  const request = await findWithdrawal(knex, id, own);
  if (!request) throw notFound();
  if (isOver(request.status))
    throw new ApiError(
      'command_refused',
      `The withdrawal is ${request.status}: nothing more can be asked of it.`,
    );
  const commandId = commandIdFor?.(id) ?? randomUUID();
  const command = commandOf(ask, request, { commandId, by: userId });
  const { name } = command;
  await keepCommand(knex, { id: commandId, requestId: id, name, userId, address, at: identity.now() });
  await withdrawals.command(id, command);
  return (await findWithdrawal(knex, id)) ?? request;
}

function commandOf(
  ask: WithdrawalAsk,
  { digest }: WithdrawalRequest,
  asked: Pick<WithdrawalCommand, 'commandId' | 'by'>,
): WithdrawalCommand {
  return ask.name === 'approve'
    ? { ...asked, name: 'approve', digest: ask.digest ?? digest }
    : { ...asked, ...ask };
}

function notFound(): ApiError {
  return new ApiError('withdrawal_not_found', 'Withdrawal not found');
}
