import type { Knex } from 'knex';
import type { By } from '../audit.ts';

export type WithdrawalCommandName = 'approve' | 'reject' | 'cancel' | 'expire' | 'resolve';

/** Something that is asked of a withdrawal. */
export interface AskedCommand {
  /** UUID of the command. */
  id: string;
  requestId: string;
  name: WithdrawalCommandName;
  /** Null where no person asks. */
  userId: string | null;
  at: Date;
}

/** Writes a command down before it is carried out, with where it comes from; the same id again changes nothing. */
export async function keepCommand(
  knex: Knex,
  { id, requestId, name, userId, at, address }: AskedCommand & { address: string | null },
): Promise<void> {
  await knex('withdrawal_commands')
    .insert({ id, request_id: requestId, name, user_id: userId, address, asked_at: at })
    .onConflict('id')
    .ignore();
}

/**
 * For whoever carries a command out, in the transaction that does: who asks, and from where as far as it is on record; null
 * where it has been carried out before.
 */
export async function beginCommand(tx: Knex, command: AskedCommand): Promise<By | null> {
  await keepCommand(tx, { ...command, address: null });
  const [begun] = await tx('withdrawal_commands')
    .where({ id: command.id, request_id: command.requestId, name: command.name, user_id: command.userId })
    .whereNull('carried_out_at')
    .update({ carried_out_at: command.at })
    .returning<{ user_id: string | null; address: string | null }[]>(['user_id', 'address']);
  return begun ? { userId: begun.user_id, address: begun.address } : null;
}
