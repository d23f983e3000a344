import type { Knex } from 'knex';
import { recordAudit, type By } from './audit.ts';
import { SecondFactor } from './models/second-factor.ts';
import { tokenHash } from './token-hash.ts';

export async function findSecondFactor(knex: Knex, userId: string): Promise<SecondFactor | undefined> {
  return SecondFactor.query(knex).findById(userId);
}

/** Keeps a secret until the user has shown a code of it; one that waited before is forgotten. False where the factor is on. */
export async function offerSecret(
  knex: Knex,
  { userId, sealed, keyId }: { userId: string; sealed: string; keyId: string },
  now: Date,
): Promise<boolean> {
  const offered = { sealed_secret: sealed, sealed_key_id: keyId, created_at: now };
  const { rowCount } = (await knex.raw(
    `INSERT INTO second_factors AS f (user_id, sealed_secret, sealed_key_id, created_at)
     VALUES (:user_id, :sealed_secret, :sealed_key_id, :created_at)
     ON CONFLICT (user_id) DO UPDATE SET
       sealed_secret = excluded.sealed_secret,
       sealed_key_id = excluded.sealed_key_id,
       created_at = excluded.created_at
       WHERE f.enabled_at IS NULL`,
    { user_id: userId, ...offered },
  )) as { rowCount: number };
  return rowCount > 0;
}

/**
 * Turns the factor on for the secret that was looked at, whose code of `step` was shown in that session. Of any number at once
 * one alone does; false to the others.
 */
export async function enableSecondFactor(
  knex: Knex,
  factor: SecondFactor,
  {
    step,
    recoveryCodes,
    sessionId,
    by,
  }: { step: number; recoveryCodes: string[]; sessionId: string; by: By },
  now: Date,
): Promise<boolean> {
  const { user_id, sealed_secret } = factor;
  return knex.transaction(async (tx) => {
    const enabled = await SecondFactor.query(tx)
      .findById(user_id)
      .where({ sealed_secret })
      .whereNull('enabled_at')
      .patch({ enabled_at: now, last_step: step });
    if (enabled === 0) return false;
    await tx('recovery_codes').insert(recoveryCodes.map((code) => ({ user_id, code_hash: tokenHash(code) })));
    await keepCodeTime(tx, sessionId, now);
    await recordAudit(tx, { subject: `user/${user_id}`, action: 'two_factor.enable', ...by });
    return true;
  });
}

/** Turns it off, with its recovery codes. False where it was off. */
export async function deleteSecondFactor(knex: Knex, userId: string, by: By): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const deleted = await SecondFactor.query(tx).deleteById(userId).whereNotNull('enabled_at');
    if (deleted === 0) return false;
    await recordAudit(tx, { subject: `user/${userId}`, action: 'two_factor.disable', ...by });
    return true;
  });
}

/** Uses up the code of a time step, and with it all before. False where it was used: of any number at once one alone uses it. */
export async function useStep(knex: Knex, userId: string, step: number): Promise<boolean> {
  const used = await SecondFactor.query(knex)
    .findById(userId)
    .whereNotNull('enabled_at')
    .where('last_step', '<', step)
    .patch({ last_step: step });
  return used > 0;
}

/** Uses up a recovery code. False where it is none of the user's, or was used: of any number at once one alone uses it. */
export async function useRecoveryCode(
  knex: Knex,
  { userId, code, address }: { userId: string; code: string; address: string },
  now: Date,
): Promise<boolean> {
  const unused = { user_id: userId, code_hash: tokenHash(code), used_at: null };
  return knex.transaction(async (tx) => {
    if ((await tx('recovery_codes').where(unused).update({ used_at: now })) === 0) return false;
    const use = { action: 'two_factor.recovery_code', userId, address } as const;
    await recordAudit(tx, { subject: `user/${userId}`, ...use });
    return true;
  });
}

/** How many recovery codes the user has left. */
export async function countRecoveryCodes(knex: Knex, userId: string): Promise<number> {
  const unused = knex('recovery_codes').where({ user_id: userId, used_at: null });
  const [row] = (await unused.count()) as { count: string }[];
  return Number(row?.count ?? 0);
}

/** Says that a code was accepted from whoever has the session. */
export async function keepCodeTime(knex: Knex, sessionId: string, at: Date): Promise<void> {
  await knex('sessions').where({ id: sessionId }).update({ code_at: at });
}
