import type { Knex } from 'knex';
import { recordAudit, type AuditEntry, type By } from './audit.ts';
import { factorBudget } from './login-attempts.ts';
import { LoginAttempt } from './models/login-attempt.ts';
import { SecondFactor } from './models/second-factor.ts';
import { User, type Role } from './models/user.ts';
import type { UserRow } from './rows.ts';
import { findUserRow } from './users.ts';

/** What may be changed of a user who is not oneself. */
export type UserChange = { role: Role } | { disabled: boolean };

/**
 * Changes a user. `by` is the admin who does: they are locked with the user, so that of two admins who demote each other at once one
 * stays; somebody who is no admin any more changes nothing. By nobody: whoever runs this machine. Who is disabled has no session and
 * no token left, also once they are enabled again. Undefined where there is no such user.
 */
export async function changeUser(
  knex: Knex,
  { id, by, change, at }: { id: string; by: By; change: UserChange; at: Date },
): Promise<UserRow | 'not_admin' | undefined> {
  return knex.transaction(async (tx) => {
    const ids = by.userId === null ? [id] : [id, by.userId];
    const users = await User.query(tx).findByIds(ids).orderBy('id').forUpdate();
    const actor = users.find((user) => user.id === by.userId);
    if (by.userId !== null && (actor?.role !== 'admin' || actor.disabled_at)) return 'not_admin';
    const user = users.find((one) => one.id === id);
    // One of those who are listed: nobody is let act as the fund's owner.
    if (!user || !(await findUserRow(tx, id))) return undefined;
    if (isSo(user, change)) return findUserRow(tx, id);
    if ('role' in change) await user.$query(tx).patch({ role: change.role });
    else await (change.disabled ? disable(tx, user, at) : user.$query(tx).patch({ disabled_at: null }));
    const changed = await findUserRow(tx, id);
    await recordAudit(tx, entryOf(id, change, by));
    return changed;
  });
}

/**
 * Turns two-factor authentication off for who has lost authenticator and recovery codes. They sign in anew, and so does who
 * has turned it on in their place; wrong codes are forgotten. False where it is off.
 */
export async function resetTwoFactor(
  knex: Knex,
  { id, by, at }: { id: string; by: By; at: Date },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const user = await User.query(tx).findById(id).forUpdate();
    if (!user || (await SecondFactor.query(tx).deleteById(id).whereNotNull('enabled_at')) === 0) return false;
    const { email, source } = factorBudget(id);
    await LoginAttempt.query(tx).deleteById([email, source]);
    await endAll(tx, user, at);
    await recordAudit(tx, { subject: `user/${id}`, action: 'two_factor.reset', ...by });
    return true;
  });
}

function isSo(user: User, change: UserChange): boolean {
  return 'role' in change ? user.role === change.role : (user.disabled_at !== null) === change.disabled;
}

function entryOf(id: string, change: UserChange, by: By): AuditEntry {
  const subject = `user/${id}` as const;
  return 'role' in change
    ? { subject, action: 'user.change_role', ...by, details: { role: change.role } }
    : { subject, action: change.disabled ? 'user.disable' : 'user.enable', ...by };
}

async function disable(tx: Knex, user: User, at: Date): Promise<void> {
  await endAll(tx, user, at);
  await user.$query(tx).patch({ disabled_at: at });
}

async function endAll(tx: Knex, user: User, at: Date): Promise<void> {
  await tx('sessions').where({ user_id: user.id, ended_at: null }).update({ ended_at: at });
  // A sign-in that is under way opens a session of the old version.
  await user.$query(tx).patch({ token_version: user.token_version + 1 });
}
