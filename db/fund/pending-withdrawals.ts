import type { Knex } from 'knex';
import { unitsUnlocked } from '../../bots/fund/postings.ts';
import { postEntry } from './post-entry.ts';
import { BY_ITSELF, moveWithdrawal } from './withdrawal-changes.ts';
import type { WithdrawalRequest } from './withdrawal-requests.ts';

/**
 * The holder's requests that wait for approval, held until the transaction ends. Before the ledger is locked: whoever decides on one
 * holds it first, too.
 */
export async function holdPending(tx: Knex, userId: string): Promise<WithdrawalRequest[]> {
  return tx<WithdrawalRequest>('withdrawal_requests')
    .where({ user_id: userId, status: 'pending_approval' })
    .orderBy('id')
    .forUpdate();
}

/** Frees what they have locked; `cancelPending` is to end them in the same transaction. */
export async function unlockPending(tx: Knex, requests: WithdrawalRequest[], at: number): Promise<void> {
  for (const { id, user_id: userId, units, asset, amount } of requests)
    await postEntry(tx, {
      ...{ ...unitsUnlocked({ userId, units }), key: `withdrawal/${id}/unlocked`, at },
      refs: { withdrawal: id },
      transaction: {
        ...{ userId, type: 'withdrawal', asset, amount, status: 'cancelled' },
        ...{ units: null, navPerUnit: null, externalId: id },
      },
    });
}

/** Ends them, for a reason that their holder reads. A transaction's last statements. */
export async function cancelPending(
  tx: Knex,
  requests: WithdrawalRequest[],
  { because, at }: { because: string; at: number },
): Promise<void> {
  const change = { status: 'cancelled', error: because.slice(0, 500) } as const;
  const move = { change, at: new Date(at), action: 'withdrawal.move', by: BY_ITSELF } as const;
  for (const request of requests) await moveWithdrawal(tx, request, move);
}
