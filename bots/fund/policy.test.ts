import test from 'ava';
import { assess, DEFAULT_WITHDRAWAL_POLICY, withdrawalPolicySchema, type AssessedRequest } from './policy.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 7, 10);
const POLICY = {
  ...DEFAULT_WITHDRAWAL_POLICY,
  limits: { transaction: '5000', holderDay: '8000', fundDay: '20000' },
  autoApproveUpTo: '50',
};
const OLD: AssessedRequest = {
  amount: '100',
  at: NOW,
  addressAddedAt: NOW - 48 * HOUR,
  securityChangedAt: null,
};
const NOTHING = { holderDay: '0', fundDay: '0' };

test('limits count what was asked for before, to the cent', (t) => {
  const codes = (amount: string, history = NOTHING) =>
    assess(POLICY, { ...OLD, amount }, history).reasons.map(({ code }) => code);
  t.deepEqual(codes('9.99'), ['below_minimum']);
  t.deepEqual(codes('5000'), []);
  t.deepEqual(codes('5000.000001'), ['above_transaction_limit']);
  t.deepEqual(codes('3000', { holderDay: '5000', fundDay: '17000' }), []);
  t.deepEqual(codes('3000.01', { holderDay: '5000', fundDay: '5000' }), ['above_holder_limit']);
  t.deepEqual(codes('3000', { holderDay: '0', fundDay: '17000.01' }), ['above_fund_limit']);
  const used = assess(POLICY, { ...OLD, amount: '4000' }, { holderDay: '7999.5', fundDay: '7999.5' });
  t.like(used, { allowed: false });
  t.regex(used.reasons[0]!.message, /^0\.5 of 8000 /);
});

test('the larger the amount, the more must approve', (t) => {
  const quorum = (amount: string) => assess(DEFAULT_WITHDRAWAL_POLICY, { ...OLD, amount }, NOTHING).quorum;
  t.deepEqual(['10', '9999.999999', '10000', '900000'].map(quorum), [1, 1, 2, 2]);
});

test('a withdrawal passes by itself only where the policy says so and nothing speaks against it', (t) => {
  const quorum = (request: Partial<AssessedRequest>, policy = POLICY) =>
    assess(policy, { ...OLD, amount: '50', ...request }, NOTHING).quorum;
  t.is(quorum({}), 0);
  t.is(quorum({ amount: '50.000001' }), 1);
  t.is(quorum({ addressAddedAt: null }), 1);
  t.is(quorum({ addressAddedAt: NOW - HOUR }), 1);
  t.is(quorum({ securityChangedAt: NOW - HOUR }), 1);
  t.is(quorum({}, { ...POLICY, autoApproveUpTo: null as never }), 1);
});

test('new addresses and changes of the password cool, the later one counts, and an unknown address is as new as can be', (t) => {
  const cooling = (request: Partial<AssessedRequest>) =>
    assess(POLICY, { ...OLD, ...request }, NOTHING).coolingUntil;
  t.is(cooling({}), null);
  t.is(cooling({ addressAddedAt: NOW - 24 * HOUR }), null);
  t.is(cooling({ addressAddedAt: NOW - 20 * HOUR }), NOW + 4 * HOUR);
  t.is(cooling({ securityChangedAt: NOW - HOUR }), NOW + 23 * HOUR);
  t.is(cooling({ securityChangedAt: NOW - HOUR, addressAddedAt: NOW - 20 * HOUR }), NOW + 23 * HOUR);
  t.is(cooling({ addressAddedAt: null }), NOW + 24 * HOUR);
  const flagged = { addressAddedAt: NOW - HOUR, securityChangedAt: NOW, amount: '5000' };
  t.deepEqual(assess(POLICY, { ...OLD, ...flagged }, { holderDay: '2000', fundDay: '2000' }).riskFlags, [
    'new_address',
    'security_changed',
    'near_limit',
  ]);
  t.is(assess(POLICY, OLD, NOTHING).expiresAt, NOW + 72 * HOUR);
});

test('a policy that cannot be meant is refused', (t) => {
  const isTaken = (change: object) =>
    withdrawalPolicySchema.safeParse({ ...DEFAULT_WITHDRAWAL_POLICY, ...change }).success;
  t.true(isTaken({}));
  t.false(isTaken({ minimum: '0' }));
  t.false(isTaken({ minimum: '1e3' }));
  t.false(isTaken({ quorum: [] }));
  t.false(isTaken({ quorum: [{ from: '5', approvals: 1 }] }));
  t.false(isTaken({ quorum: [{ from: '0', approvals: 0 }] }));
  t.false(
    isTaken({
      quorum: [
        { from: '0', approvals: 2 },
        { from: '10', approvals: 1 },
      ],
    }),
  );
  t.false(
    isTaken({
      quorum: [
        { from: '0', approvals: 1 },
        { from: 'x', approvals: 2 },
      ],
    }),
  );
  t.false(isTaken({ expiryHours: 0 }));
  t.false(isTaken({ unheard: 1 }));
});
