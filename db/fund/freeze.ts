import type { Knex } from 'knex';
import { recordAudit, type By } from '../audit.ts';
import { Event } from '../models/event.ts';
import { freezeDealing, readFreeze, thawDealing } from './dealing.ts';

/**
 * Freezes dealing and tells whoever listens, once: where it is frozen already nothing happens. Where it was a person, `by`, the audit
 * log is a transaction's last statement.
 */
export async function freezeFund(
  knex: Knex,
  { at, because, by = null }: { at: number; because: string; by?: By | null },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    if (!(await freezeDealing(tx, { at, because }))) return false;
    await Event.query(tx).insert({ type: 'fund.frozen', payload: { because } });
    if (by) await record(tx, by, 'fund.freeze', { before: null, after: { because } });
    return true;
  });
}

/** Lets dealing go on. Returns whether it was frozen. */
export async function unfreezeFund(knex: Knex, by: By): Promise<boolean> {
  return knex.transaction(async (tx) => {
    await tx('fund_state').forUpdate().first();
    const before = await readFreeze(tx);
    if (!(await thawDealing(tx))) return false;
    await Event.query(tx).insert({ type: 'fund.unfrozen', payload: { by: by.userId } });
    await record(tx, by, 'fund.unfreeze', { before, after: null });
    return true;
  });
}

function record(
  tx: Knex,
  by: By,
  action: 'fund.freeze' | 'fund.unfreeze',
  details: Record<'before' | 'after', object | null>,
): Promise<void> {
  return recordAudit(tx, { subject: 'system', action, ...by, target: 'fund', details });
}
