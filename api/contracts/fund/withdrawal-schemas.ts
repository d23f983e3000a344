import { z } from 'zod';
import { WITHDRAWAL_STATUSES } from '../../../bots/fund/withdrawal-status.ts';
import { asNumber, exactNumber, textUpTo, timestamp, uuid } from '../scalper/fields.ts';
import { reason } from './fields.ts';

const status = z.enum(WITHDRAWAL_STATUSES);

const EXAMPLE = { network: 'BSC', address: '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB' };

const place = {
  network: z.string().max(20).meta({ example: EXAMPLE.network }),
  address: z.string().max(120).meta({ example: EXAMPLE.address }),
  tag: z.string().max(120).nullish().meta({ description: 'Of networks that have one' }),
};

export const payment = z
  .strictObject({
    amount: exactNumber.meta({ override: asNumber, description: 'USDC; the network fee is in it' }),
    ...place,
  })
  .meta({ id: 'NewWithdrawal' });

export const newAddress = z
  .strictObject({ ...place, label: textUpTo(60).meta({ description: 'What you call it' }) })
  .meta({ id: 'NewWithdrawalAddress' });

export const EXAMPLES = {
  payment: { summary: '100 USDC', value: { ...EXAMPLE, amount: 100 } },
  address: { summary: 'A wallet', value: { ...EXAMPLE, label: 'My wallet' } },
  rejection: { summary: 'A reason', value: { reason: 'The holder did not ask for it' } },
  resolution: { summary: 'Give up', value: { outcome: 'refund' } },
};

export const storedAddress = z
  .strictObject({
    id: uuid,
    network: z.string(),
    address: z.string(),
    tag: z.string().nullable(),
    label: z.string(),
    created_at: timestamp,
  })
  .meta({ id: 'WithdrawalAddress' });

const own = {
  id: uuid,
  status,
  step: z.enum(['cooling', 'rejecting', 'staging', 'sending', 'confirming', 'returning']).nullable(),
  amount: z.number(),
  asset: z.string(),
  units: z.number(),
  nav_per_unit: z.number(),
  network: z.string(),
  address: z.string(),
  tag: z.string().nullable(),
  network_fee: z.number().nullable().meta({ description: 'Taken out of the amount; null until it is known' }),
  tx_id: z.string().nullable(),
  reject_reason: z.string().nullable(),
  error: z.string().nullable(),
  cooling_until: timestamp.nullable(),
  expires_at: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
};

export const withdrawal = z.strictObject(own).meta({ id: 'Withdrawal' });

export const reviewedWithdrawal = z
  .strictObject({
    ...own,
    user_id: uuid,
    nav_at: timestamp.nullable().meta({ description: 'When the price of its units was made' }),
    risk_flags: z.array(z.enum(['unknown_address', 'new_address', 'security_changed', 'near_limit'])),
    quorum: z.int().min(0).meta({ description: 'How many admins must agree' }),
    approvals: z.array(uuid).meta({ description: 'Who has' }),
    digest: z
      .string()
      .meta({ description: 'Of amount, asset, network, address and tag: what an approval is of' }),
  })
  .meta({ id: 'ReviewedWithdrawal' });

export const assessment = z
  .strictObject({
    allowed: z.boolean(),
    reasons: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    approvals_needed: z.int().min(0),
    risk_flags: reviewedWithdrawal.shape.risk_flags,
    units: z.number(),
    nav_per_unit: z.number(),
    cooling_until: timestamp.nullable(),
    expires_at: timestamp,
  })
  .meta({ id: 'WithdrawalAssessment' });

export const byId = z.object({ id: uuid });

export const ofStatus = { status: status.optional().meta({ description: 'In this status alone' }) };

/** May be left out with the whole body. */
export const approval = z
  .strictObject({
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'Must be the digest of the request')
      .optional()
      .meta({ description: 'Of what you have seen: anything else is not approved' }),
  })
  .optional()
  .meta({ id: 'WithdrawalApproval' });

export const rejection = z.strictObject({ reason }).meta({ id: 'WithdrawalRejection' });

export const resolution = z
  .strictObject({
    outcome: z.enum(['retry', 'refund']).meta({
      description:
        'retry: send it again under its own id; refund: give it up, and the holder gets units for it',
    }),
  })
  .meta({ id: 'WithdrawalResolution' });
