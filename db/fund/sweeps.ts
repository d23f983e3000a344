import type { Knex } from 'knex';
import { sweepDone, sweepReturned, sweepSent } from '../../bots/fund/postings.ts';
import { move, moneyOf, type Deposit } from './deposits.ts';
import { postEntry } from './post-entry.ts';

/** One attempt to send a deposit's money from its sub-account to main. */
export interface Sweep {
  depositId: string;
  /** The venue's id of the transfer: of this attempt alone. */
  transferId: string;
}

export interface IntendedSweep extends Sweep {
  deposit: Deposit;
  /** Epoch ms: past it this attempt is not sent any more. */
  sendBefore: number;
  /** Epoch ms. */
  intendedAt: number;
}

/**
 * Books the money as under way before anything is sent. Repeated, it changes nothing: an attempt keeps its first time
 * limit. Null where the deposit is not waiting for a sweep.
 */
export async function intendSweep(
  knex: Knex,
  { depositId, transferId }: Sweep,
  { at, sendBefore }: { at: number; sendBefore: number },
): Promise<IntendedSweep | null> {
  return knex.transaction(async (tx) => {
    const deposit = await tx<Deposit>('deposits').where({ id: depositId }).forUpdate().first();
    if (deposit?.status !== 'allotted') return null;
    await postEntry(tx, {
      ...{ key: sentKey(depositId, transferId), at, ...sweepSent(moneyOf(deposit)) },
      refs: { deposit: depositId, transfer: transferId, sendBefore, intendedAt: at },
    });
    return findSweep(tx, { depositId, transferId });
  });
}

/** Null where the attempt was never begun. */
export async function findSweep(knex: Knex, { depositId, transferId }: Sweep): Promise<IntendedSweep | null> {
  const deposit = await knex<Deposit>('deposits').where({ id: depositId }).first();
  const intent = await knex('journal_entries')
    .where({ key: sentKey(depositId, transferId) })
    .first<{ refs: Pick<IntendedSweep, 'sendBefore' | 'intendedAt'> } | undefined>('refs');
  if (!deposit || !intent) return null;
  const { sendBefore, intendedAt } = intent.refs;
  return { depositId, transferId, deposit, sendBefore, intendedAt };
}

/** Books how an attempt ended: `done`, the money is on main; `returned`, it never left. Repeated, it changes nothing. */
export async function settleSweep(
  knex: Knex,
  { depositId, transferId, outcome, at }: Sweep & { outcome: 'done' | 'returned'; at: number },
): Promise<void> {
  await knex.transaction(async (tx) => {
    const deposit = await tx<Deposit>('deposits').where({ id: depositId }).forUpdate().first();
    if (!deposit) throw new Error(`There is no deposit ${depositId}`);
    const money = moneyOf(deposit);
    await postEntry(tx, {
      // One key for both ends: an attempt that was done cannot be returned as well.
      ...{ key: `deposit/${depositId}/sweep/${transferId}/settled`, at },
      ...(outcome === 'done' ? sweepDone(money) : sweepReturned(money)),
      refs: { deposit: depositId, transfer: transferId },
      ...(outcome === 'done' && {
        transaction: {
          ...{ ...money, type: 'transfer', units: null, navPerUnit: null },
          ...{ status: 'completed', externalId: transferId },
        },
      }),
    });
    if (outcome === 'done' && deposit.status === 'allotted') await move(tx, deposit, { status: 'swept', at });
  });
}

const sentKey = (depositId: string, transferId: string) => `deposit/${depositId}/sweep/${transferId}/sent`;
