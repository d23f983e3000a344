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

/** No door has put the command on record as this one: by this person, to this request, under this name. */
export class NotOnRecord extends Error {
  override readonly name = 'NotOnRecord';
}

/**
 * For whoever carries a command out, in the transaction that does: who asks, and from where; null where it has been carried out
 * before. What nobody asks is put on record here; a person's command throws `NotOnRecord` where no door has done so, for
 * only a door knows who it is that asks.
 */
export async function beginCommand(tx: Knex, command: AskedCommand): Promise<By | null> {
  const { id, requestId, name, userId, at } = command;
  if (userId === null) await keepCommand(tx, { ...command, address: null });
  const asked = { id, request_id: requestId, name, user_id: userId };
  const [begun] = await tx('withdrawal_commands')
    .where(asked)
    .whereNull('carried_out_at')
    .update({ carried_out_at: at })
    .returning<{ user_id: string | null; address: string | null }[]>(['user_id', 'address']);
  if (begun) return { userId: begun.user_id, address: begun.address };
  if (await tx('withdrawal_commands').where(asked).first('id')) return null;
  throw new NotOnRecord(`${name} ${id}`);
}
