import { z } from 'zod';
import { positiveAmount } from '../amount-schema.ts';
import { Decimal, type Amount } from '../money.ts';

const hours = z.number().min(0).max(8_760);
const limit = positiveAmount.nullable().default(null);

/** What a withdrawal may be and who must agree to it, as data. Money is in the fund's currency; `null` is no limit. */
export const withdrawalPolicySchema = z.strictObject({
  minimum: positiveAmount.default('10'),
  limits: z
    .strictObject({
      transaction: limit,
      /** Of one holder within 24 hours, this one included. */
      holderDay: limit,
      /** Of all holders within 24 hours, this one included. */
      fundDay: limit,
    })
    .prefault({}),
  /** So many different administrators from that amount on; the first step is for every amount. */
  quorum: z
    .array(
      z.strictObject({ from: z.union([z.literal('0'), positiveAmount]), approvals: z.int().min(1).max(10) }),
    )
    .min(1)
    .refine((steps) => steps[0]?.from === '0', 'The first step must be from 0')
    .refine(
      isRising,
      'Each step must be from a larger amount than the one before, and not ask for fewer approvals',
    )
    .default([
      { from: '0', approvals: 1 },
      { from: '10000', approvals: 2 },
    ]),
  /** Up to this amount nobody is asked, unless something speaks against it; null: somebody always is. */
  autoApproveUpTo: limit,
  /** Nothing is sent to an address that is younger. */
  newAddressCoolingHours: hours.default(24),
  /** Nothing is sent so soon after a change of password or second factor. */
  securityCoolingHours: hours.default(24),
  /** A request that is not approved by then expires. */
  expiryHours: hours.min(1).default(72),
});

export type WithdrawalPolicy = z.output<typeof withdrawalPolicySchema>;

/** Where nothing is said: limits nothing, asks one administrator, two from 10,000 on, and cools for a day. */
export const DEFAULT_WITHDRAWAL_POLICY: WithdrawalPolicy = withdrawalPolicySchema.parse({});

export interface AssessedRequest {
  amount: Amount;
  /** Epoch ms. */
  at: number;
  /** Since when the address is in the holder's address book; null where it is not. Epoch ms. */
  addressAddedAt: number | null;
  /** When password or second factor changed last; null where they never did. Epoch ms. */
  securityChangedAt: number | null;
}

/** What was asked for in the 24 hours before and neither rejected, cancelled, expired nor refunded, without this request. */
export interface WithdrawalHistory {
  holderDay: Amount;
  fundDay: Amount;
}

export type RefusalCode =
  'below_minimum' | 'above_transaction_limit' | 'above_holder_limit' | 'above_fund_limit';
export type RiskFlag = 'unknown_address' | 'new_address' | 'security_changed' | 'near_limit';

export interface Refusal {
  code: RefusalCode;
  message: string;
}

export interface Assessment {
  allowed: boolean;
  /** Empty where it is allowed. */
  reasons: Refusal[];
  /** How many different administrators must approve; 0 where the policy lets it pass by itself. */
  quorum: number;
  /** Epoch ms. */
  expiresAt: number;
  /** Nothing is sent before, whoever approves; null where nothing has to cool. Epoch ms. */
  coolingUntil: number | null;
  riskFlags: RiskFlag[];
}

const HOUR = 3_600_000;
/** From this share of a day's limit on, people should look twice. */
const NEAR = '0.8';

/** What the policy says of a request; pure, so a dry run is the same call. */
export function assess(
  policy: WithdrawalPolicy,
  request: AssessedRequest,
  history: WithdrawalHistory,
): Assessment {
  const reasons = refusals(policy, request, history);
  const coolingUntil = cooling(policy, request);
  const riskFlags = flags(policy, request, history);
  const isAutomatic =
    policy.autoApproveUpTo !== null &&
    riskFlags.length === 0 &&
    new Decimal(request.amount).lte(policy.autoApproveUpTo);
  return {
    allowed: reasons.length === 0,
    reasons,
    quorum: isAutomatic ? 0 : approvalsFor(policy, request.amount),
    expiresAt: request.at + policy.expiryHours * HOUR,
    coolingUntil,
    riskFlags,
  };
}

function refusals(
  { minimum, limits }: WithdrawalPolicy,
  { amount }: AssessedRequest,
  { holderDay, fundDay }: WithdrawalHistory,
): Refusal[] {
  const asked = new Decimal(amount);
  const above = (most: Amount | null, sum: Decimal) => most !== null && sum.gt(most);
  const found: (Refusal | false)[] = [
    asked.lt(minimum) && { code: 'below_minimum', message: `The least that can be withdrawn is ${minimum}` },
    above(limits.transaction, asked) && {
      code: 'above_transaction_limit',
      message: `The most of one withdrawal is ${limits.transaction}`,
    },
    above(limits.holderDay, asked.add(holderDay)) && {
      code: 'above_holder_limit',
      message: `${left(limits.holderDay, holderDay)} of ${limits.holderDay} within 24 hours are left to you`,
    },
    above(limits.fundDay, asked.add(fundDay)) && {
      code: 'above_fund_limit',
      message: 'The fund has paid out what it pays within 24 hours. Ask for less, or tomorrow',
    },
  ];
  return found.filter((reason) => reason !== false);
}

function left(most: Amount | null, used: Amount): Amount {
  return Decimal.max(0, new Decimal(most ?? 0).sub(used)).toFixed();
}

function approvalsFor({ quorum }: WithdrawalPolicy, amount: Amount): number {
  return quorum.findLast(({ from }) => new Decimal(amount).gte(from))?.approvals ?? 1;
}

/** An address that is in no address book is as new as the request. */
function cooling(policy: WithdrawalPolicy, request: AssessedRequest): number | null {
  const addressUntil = (request.addressAddedAt ?? request.at) + policy.newAddressCoolingHours * HOUR;
  const securityUntil = (request.securityChangedAt ?? -Infinity) + policy.securityCoolingHours * HOUR;
  const until = Math.max(addressUntil, securityUntil);
  return until > request.at ? until : null;
}

function flags(policy: WithdrawalPolicy, request: AssessedRequest, history: WithdrawalHistory): RiskFlag[] {
  const { at, addressAddedAt, securityChangedAt } = request;
  const isYoung = (since: number, coolingHours: number) => since + coolingHours * HOUR > at;
  const day = new Decimal(request.amount).add(history.holderDay);
  const most = policy.limits.holderDay;
  const found: (RiskFlag | false)[] = [
    addressAddedAt === null && 'unknown_address',
    addressAddedAt !== null && isYoung(addressAddedAt, policy.newAddressCoolingHours) && 'new_address',
    securityChangedAt !== null &&
      isYoung(securityChangedAt, policy.securityCoolingHours) &&
      'security_changed',
    most !== null && day.gt(new Decimal(most).mul(NEAR)) && 'near_limit',
  ];
  return found.filter((flag) => flag !== false);
}

function isRising(steps: { from: Amount; approvals: number }[]): boolean {
  return steps.every((step, at) => {
    const before = steps[at - 1];
    // A text that is no amount has had its message already.
    if (!before || Number.isNaN(Number(step.from)) || Number.isNaN(Number(before.from))) return true;
    return new Decimal(step.from).gt(before.from) && step.approvals >= before.approvals;
  });
}
