import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { recordAudit, type By } from './audit.ts';
import { KillSwitch, type KillScope } from './models/kill-switch.ts';
import { OrderIntent } from './models/order-intent.ts';

/** Whoever runs the machine. */
const NOBODY: By = { userId: null, address: null };

/** What a switch stands over; `id` is `*` for the global one. */
export interface SwitchScope {
  scope: KillScope;
  id: string;
}

/**
 * Read inside the transaction that commits an intent, and held until it ends: the switch that forbids it, or null. An
 * engage that comes meanwhile waits for that transaction.
 */
export async function readEngagedSwitch(
  tx: Knex,
  { accountId, botId }: { accountId: string; botId: string },
): Promise<KillSwitch | null> {
  const scopes: SwitchScope[] = [
    { scope: 'global', id: '*' },
    { scope: 'account', id: accountId },
    { scope: 'bot', id: botId },
  ];
  let rows = await lockedRows(tx, scopes);
  if (rows.length < scopes.length) {
    // What is not there cannot be locked: a switch engaged for the first time would slip past.
    await KillSwitch.query(tx)
      .insert(scopes.map(({ scope, id }) => ({ scope, scope_id: id })))
      .onConflict(['scope', 'scope_id'])
      .ignore();
    rows = await lockedRows(tx, scopes);
  }
  return rows.find((row) => row.engaged) ?? null;
}

/**
 * Engages a switch. Once it resolves no new order of its scope can reach a venue: no intent can be committed any more,
 * and those that were committed before have been answered or are past the moment until which they may be sent.
 */
export async function engageSwitch(
  knex: Knex,
  at: SwitchScope,
  reason: string,
  by: By = NOBODY,
): Promise<void> {
  await changeSwitch(knex, at, { engaged: true, reason, by });
  while (await hasSendsUnderWay(knex, at)) await sleep(50);
}

/** Releases a switch; bots go on with what they would do now. */
export async function releaseSwitch(knex: Knex, at: SwitchScope, by: By = NOBODY): Promise<void> {
  await changeSwitch(knex, at, { engaged: false, reason: null, by });
}

/** Those that are engaged, the newest first. */
export async function listEngagedSwitches(knex: Knex): Promise<KillSwitch[]> {
  return KillSwitch.query(knex).where({ engaged: true }).orderBy('changed_at', 'desc');
}

/** Locked in one order by everybody. */
async function lockedRows(tx: Knex, scopes: SwitchScope[]): Promise<KillSwitch[]> {
  return KillSwitch.query(tx)
    .whereInComposite(
      ['scope', 'scope_id'],
      scopes.map(({ scope, id }) => [scope, id]),
    )
    .orderBy(['scope', 'scope_id'])
    .forShare();
}

async function changeSwitch(
  knex: Knex,
  at: SwitchScope,
  { engaged, reason, by }: { engaged: boolean; reason: string | null; by: By },
): Promise<void> {
  await knex.transaction(async (tx) => {
    const { rows } = await tx.raw<{ rows: unknown[] }>(
      `INSERT INTO kill_switches AS k (scope, scope_id, engaged, epoch, reason) VALUES (?, ?, ?, 1, ?)
       ON CONFLICT (scope, scope_id) DO UPDATE
         SET engaged = excluded.engaged, reason = excluded.reason, epoch = k.epoch + 1, changed_at = now()
         WHERE k.engaged <> excluded.engaged
       RETURNING scope`,
      [at.scope, at.id, engaged, reason],
    );
    if (rows.length === 0) return;
    const action = engaged ? 'kill_switch.engage' : 'kill_switch.release';
    const target = `kill_switch/${at.scope}/${at.id}`;
    await recordAudit(tx, { subject: 'system', action, ...by, target, details: reason ? { reason } : {} });
  });
}

async function hasSendsUnderWay(knex: Knex, { scope, id }: SwitchScope): Promise<boolean> {
  const sends = OrderIntent.query(knex).where({ status: 'SENDING' }).whereRaw('send_before > now()');
  if (scope === 'account') void sends.where({ exchange_account_id: id });
  if (scope === 'bot') void sends.where({ bot_id: id });
  return (await sends.resultSize()) > 0;
}
