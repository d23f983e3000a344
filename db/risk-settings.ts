import type { Knex } from 'knex';
import { recordAudit, type By } from './audit.ts';
import { RiskSettings } from './models/risk-settings.ts';

/** What a user allows their orders at most. */
export type RiskLimits = Pick<RiskSettings, 'max_leverage' | 'max_positions'>;

/** Of who never said otherwise. */
const DEFAULTS: RiskLimits = { max_leverage: 10, max_positions: 5 };

export async function readRiskLimits(knex: Knex, userId: string): Promise<RiskLimits> {
  const row = await RiskSettings.query(knex).findById(userId);
  return row ? limitsOf(row) : DEFAULTS;
}

/** Changes what is given and returns all; two changes at once of different settings both stand. */
export async function changeRiskLimits(
  knex: Knex,
  userId: string,
  change: Partial<RiskLimits>,
  by: By,
): Promise<RiskLimits> {
  const row = { ...DEFAULTS, ...change, user_id: userId };
  return knex.transaction(async (tx) => {
    const [changed] = (await tx('risk_settings')
      .insert(row)
      .onConflict('user_id')
      .merge({ ...change, updated_at: knex.fn.now() })
      .returning('*')) as [RiskSettings];
    const details = limitsOf(changed);
    await recordAudit(tx, { subject: `user/${userId}`, action: 'risk.change', ...by, details });
    return details;
  });
}

function limitsOf({ max_leverage, max_positions }: RiskSettings): RiskLimits {
  return { max_leverage, max_positions };
}
