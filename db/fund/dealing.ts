import type { Knex } from 'knex';
import { lockLedger } from './ledger-balances.ts';

export interface Freeze {
  since: Date;
  because: string;
}

/** Why dealing is frozen and since when; null where it is not. */
export async function readFreeze(knex: Knex): Promise<Freeze | null> {
  const row = await knex('fund_state').first<{ frozen_since: Date | null; frozen_because: string | null }>();
  return row?.frozen_since && row.frozen_because
    ? { since: row.frozen_since, because: row.frozen_because }
    : null;
}

/** As `readFreeze`; nobody freezes before the transaction has ended. Waits for whoever is about to. */
export async function holdFreeze(tx: Knex): Promise<Freeze | null> {
  await tx.raw("SELECT pg_advisory_xact_lock_shared(hashtext('ledger'))");
  return readFreeze(tx);
}

/**
 * Once it resolves no units are allotted, no redemption is fixed and no money begins its way out, until `thawDealing`; money that is
 * on its way goes on. Where it is frozen already, the first reason stays. Returns whether this froze it.
 */
export async function freezeDealing(
  knex: Knex,
  { at, because }: { at: number; because: string },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    // Alone: an entry that did not see it yet is not under way any more.
    await lockLedger(tx);
    const row = { frozen_since: new Date(at), frozen_because: because.slice(0, 500) };
    return (await tx('fund_state').whereNull('frozen_since').update(row)) > 0;
  });
}

/** Returns whether it was frozen. */
export async function thawDealing(knex: Knex): Promise<boolean> {
  const thawed = { frozen_since: null, frozen_because: null };
  return (await knex('fund_state').whereNotNull('frozen_since').update(thawed)) > 0;
}
