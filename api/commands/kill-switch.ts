import { engageSwitch, releaseSwitch, type SwitchScope } from '../../db/kill-switch.ts';
import { requireAdminWithCode, type WithCode } from './decide-with-code.ts';

/**
 * Engages a switch, with its reason, or releases it, once an admin has shown a code. Engaged, it resolves when no new order of
 * its scope can reach an exchange. Throws what `requireAdminWithCode` throws.
 */
export async function switchWithCode(
  at: SwitchScope,
  { reason, code }: { reason: string | null; code: string },
  context: WithCode,
): Promise<void> {
  const { knex, caller, address } = context;
  await requireAdminWithCode(code, context);
  const by = { userId: caller.userId, address };
  await (reason === null ? releaseSwitch(knex, at, by) : engageSwitch(knex, at, reason, by));
}
