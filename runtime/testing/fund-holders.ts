import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../bots/fund/policy.ts';
import { depositReceived, sweepDone, sweepSent, unitsAllotted } from '../../bots/fund/postings.ts';
import type { Amount } from '../../bots/money.ts';
import { postEntry, type Told } from '../../db/fund/post-entry.ts';
import type { NewWithdrawal } from '../../db/fund/withdrawal-requests.ts';
import { User } from '../../db/models/user.ts';
import { OUTSIDE_ADDRESS } from '../../exchanges/simulated/testing/fund-exchange.ts';

/** Has put in so much USDC at a price of 1, an hour ago, all of it swept to main. Returns who: a new user unless said. */
export async function openHolder(knex: Knex, units: Amount, user?: string): Promise<string> {
  const userId = user ?? (await User.query(knex).insert({ name: 'Holder' }).returning('*')).id;
  const of = { userId, asset: 'USDC', amount: units };
  const at = Date.now() - 3_600_000;
  const entries = [depositReceived(of), unitsAllotted({ ...of, units }), sweepSent(of), sweepDone(of)];
  const transaction: Told = {
    ...{ userId, type: 'deposit', asset: 'USDC', amount: units, units, navPerUnit: '1' },
    ...{ status: 'completed', externalId: userId },
  };
  for (const entry of entries) {
    const key = `deposit/${userId}/${entry.kind}`;
    await postEntry(knex, { ...entry, key, at, ...(entry.kind === 'units_allotted' && { transaction }) });
  }
  return userId;
}

/** At 1 USDC a unit, for one admin to approve within an hour, to an address that has cooled. */
export function plainRequest(userId: string, amount: Amount): NewWithdrawal {
  const now = Date.now();
  return {
    ...{ id: randomUUID(), user_id: userId, asset: 'USDC', amount, nav_per_unit: '1', network: 'BSC' },
    ...{ address: OUTSIDE_ADDRESS.BSC, tag: null, policy: DEFAULT_WITHDRAWAL_POLICY },
    ...{ quorum: 1, risk_flags: [], cooling_until: null, idempotency_key: null },
    ...{ expires_at: new Date(now + 3_600_000), created_at: new Date(now) },
  };
}
