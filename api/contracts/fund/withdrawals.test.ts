import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { DEFAULT_WITHDRAWAL_POLICY, type WithdrawalPolicy } from '../../../bots/fund/policy.ts';
import { checkLedger } from '../../../db/fund/check-ledger.ts';
import { readPortfolio } from '../../../db/fund/holders.ts';
import { OUTSIDE_ADDRESS } from '../../../exchanges/simulated/testing/fund-exchange.ts';
import { openHolder } from '../../../runtime/testing/fund-holders.ts';
import { startWithdrawals } from '../../../runtime/testing/withdrawals.ts';
import { member } from '../../testing/actors.ts';
import { actor } from '../../testing/fund-api.ts';
import { bearer, testClock, testIdentity } from '../../testing/identity.ts';
import { startApi, TEST_SETTINGS, type TestAnswer } from '../../testing/start-api.ts';
import { withTwoFactor } from '../../testing/two-factor.ts';

const ADDRESS = OUTSIDE_ADDRESS.BSC;
const ASKED = { amount: 20, network: 'BSC', address: ADDRESS };
const EAGER: Partial<WithdrawalPolicy> = { newAddressCoolingHours: 0, securityCoolingHours: 0 };

interface Body {
  success: boolean;
  error?: string;
  data: Record<string, unknown> & { id: string };
}

test('fund-integration 37, 39, 40 and 41: a holder asks, an admin looks and approves, the money goes out', async (t) => {
  const stack = await startWithdrawals(t);
  const { ask, review, holder, admin, post, get, knex } = await doors(t, stack);
  const asked = await ask(ASKED);
  t.is(asked.status, 201, asked.text);
  const { id } = asked.body.data;
  t.like(asked.body.data, {
    status: 'pending_approval',
    amount: 20,
    units: 20,
    nav_per_unit: 1,
    network: 'BSC',
  });
  t.is(stack.exchange.control.chain.withdrawals('fund').length, 0);
  const [shown] = await review('?status=pending_approval');
  t.like(shown, { id, user_id: holder.id, address: ADDRESS, risk_flags: ['unknown_address'], quorum: 1 });
  // fund-integration 7: an empty body, with a JSON content type.
  const approved = await post(`/admin/approve-withdrawal/${id}`, '', admin.headers);
  t.is(approved.status, 200, approved.text);
  t.deepEqual(approved.body.data['approvals'], [admin.id]);
  await stack.paid(id);
  t.like((await get('/wallet/withdrawals', holder.headers))[0], {
    id,
    status: 'completed',
    network_fee: 0.3,
  });
  const trail = await knex('audit_logs')
    .where({ target: `withdrawal/${id}` })
    .orderBy('id');
  t.deepEqual(
    trail.slice(0, 2).map(({ action, user_id, actor_ip }) => [action, user_id, actor_ip]),
    [
      ['withdrawal.request', holder.id, '127.0.0.1'],
      ['withdrawal.approve', admin.id, '127.0.0.1'],
    ],
  );
  const again = await post(`/admin/approve-withdrawal/${id}`, {}, admin.headers);
  t.is(again.status, 409);
  t.regex(again.body.error ?? '', /completed/);
  const unknown = await post(`/admin/approve-withdrawal/${randomUUID()}`, {}, admin.headers);
  t.is(unknown.status, 404);
  t.is((await post(`/admin/approve-withdrawal/${id}`, {}, holder.headers)).status, 403);

  const second = (await ask(ASKED)).body.data.id;
  const refused = await post(`/admin/reject-withdrawal/${second}`, { reason: 'not theirs' }, admin.headers);
  t.like(refused.body.data, { status: 'rejected', reject_reason: 'not theirs' });
  const third = (await ask(ASKED)).body.data.id;
  const cancelled = await post(`/wallet/withdrawals/${third}/cancel`, undefined, holder.headers);
  t.like(cancelled.body.data, { status: 'cancelled' });
  t.is((await post(`/wallet/withdrawals/${third}/cancel`, undefined, admin.headers)).status, 404);
});

test('fund-integration 38: of a hundred requests for the whole balance one is held, and more than there is none', async (t) => {
  const { ask, knex, holder } = await doors(t, null, { units: '100' });
  const above = await ask({ ...ASKED, amount: 100.000001 });
  t.is(above.status, 400);
  t.regex(above.body.error ?? '', /^amount: .* 100 USDC$/);
  t.is((await knex('withdrawal_requests')).length, 0);
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask({ ...ASKED, amount: 100 })));
  const statuses = answers.map(({ status }) => status);
  t.deepEqual(new Set(statuses), new Set([201, 400]));
  t.is(statuses.filter((status) => status === 201).length, 1);
  t.is((await knex('withdrawal_requests')).length, 1);
  t.is((await knex('transactions').where({ type: 'withdrawal' })).length, 1);
  t.like(await readPortfolio(knex, holder.id), { units: '100', locked: '100' });
  t.deepEqual(await checkLedger(knex), []);
});

test('what is wrong is named, and nothing of it is stored', async (t) => {
  const { ask, knex, post, holder } = await doors(t, null);
  const wrong: [field: string, body: object | string][] = [
    ['amount', { ...ASKED, amount: '20' }],
    ['amount', { ...ASKED, amount: '1e3' }],
    ['amount', { ...ASKED, amount: ' 20' }],
    ['amount', { ...ASKED, amount: -20 }],
    ['amount', { ...ASKED, amount: 0 }],
    ['amount', { ...ASKED, amount: 20.0000001 }],
    ['amount', { ...ASKED, amount: null }],
    ['amount', { network: 'BSC', address: ADDRESS }],
    ['amount', { ...ASKED, amount: 1 }],
    ['amount', `{"amount": 2e1, "network": "BSC", "address": "${ADDRESS}"}`],
    ['amount', `{"amount": 1e300, "network": "BSC", "address": "${ADDRESS}"}`],
    ['body', `{"amount": NaN, "network": "BSC", "address": "${ADDRESS}"}`],
    ['network', { ...ASKED, network: 'DOGE' }],
    ['network', { ...ASKED, network: '__proto__' }],
    ['address', { ...ASKED, address: ADDRESS.replace('d', 'D') }],
    ['address', { ...ASKED, address: OUTSIDE_ADDRESS.TRX }],
    ['address', { ...ASKED, address: 7 }],
    ['tag', { ...ASKED, tag: '12' }],
    // What is not understood is not left out where money moves.
    ['asset', { ...ASKED, asset: 'BTC' }],
  ];
  for (const [field, body] of wrong) {
    const { status, text, body: told } = await ask(body);
    t.is(status, 400, text);
    t.regex(told.error ?? '', new RegExp(`^${field}: `), text);
  }
  const keyed = await ask(ASKED, { 'Idempotency-Key': 'two words' });
  t.is(keyed.status, 400);
  for (const [field, body] of [
    ['network', { network: 'DOGE', address: ADDRESS, label: 'x' }],
    ['address', { network: 'ETH', address: 'x', label: 'x' }],
    ['label', { network: 'BSC', address: ADDRESS, label: '' }],
  ] as const) {
    const { status, body: told } = await post('/wallet/addresses', body, holder.headers);
    t.is(status, 400);
    t.true(told.error?.startsWith(`${field}: `), told.error);
  }
  t.is((await knex('withdrawal_requests')).length + (await knex('withdrawal_addresses')).length, 0);
});

test('a request that is sent again with its key is the same one, also when both come at once', async (t) => {
  const { ask, knex } = await doors(t, null);
  const key = { 'Idempotency-Key': 'once' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(ASKED, key)));
  t.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
  t.is(new Set(answers.map(({ body }) => body.data.id)).size, 1);
  t.is((await ask({ ...ASKED, amount: 30 }, key)).status, 409);
  t.is((await knex('withdrawal_requests')).length, 1);
});

test('a dry run says what the policy would do, and writes nothing', async (t) => {
  const limits = { transaction: '50', holderDay: '60', fundDay: null };
  const { ask, post, get, holder, knex, clock } = await doors(t, null, {
    policy: { limits, newAddressCoolingHours: 24 },
  });
  const dryRun = async (change: object = {}) =>
    (await post('/wallet/withdraw-request/dry-run', { ...ASKED, ...change }, holder.headers)).body.data;
  t.like(await dryRun(), { allowed: true, units: 20, approvals_needed: 1, risk_flags: ['unknown_address'] });
  t.like(await dryRun({ amount: 51 }), { allowed: false, reasons: [{ code: 'above_transaction_limit' }] });
  t.is((await knex('withdrawal_requests')).length, 0);

  const added = await post(
    '/wallet/addresses',
    { network: 'BSC', address: ADDRESS, label: 'mine' },
    holder.headers,
  );
  t.is(added.status, 201, added.text);
  t.is(
    (await post('/wallet/addresses', { network: 'BSC', address: ADDRESS, label: 'b' }, holder.headers))
      .status,
    409,
  );
  t.like(await dryRun(), { risk_flags: ['new_address'] });
  clock.pass(25 * 3_600_000);
  const headers = await holder.again();
  const late = await post('/wallet/withdraw-request/dry-run', ASKED, headers);
  t.like(late.body.data, { risk_flags: [], cooling_until: null });
  t.is((await ask({ ...ASKED, amount: 50 }, headers)).status, 201);
  t.regex((await ask(ASKED, headers)).body.error ?? '', /^amount: 10 of 60 within 24 hours/);
  const removed = await get('/wallet/addresses', headers);
  t.is(removed.length, 1);
});

test('with two-factor authentication on, asking takes a code not older than five minutes', async (t) => {
  const { ask, api, holder, clock } = await doors(t, null);
  await withTwoFactor(api.call, holder.headers, clock.now);
  t.is((await ask(ASKED)).status, 201);
  clock.pass(6 * 60_000);
  const late = await ask(ASKED);
  t.is(late.status, 403);
  t.regex(late.body.error ?? '', /two-factor code/);
});

/** The API over a fund with one holder of 100 units, whose requests are carried out where a stack is given. */
async function doors(
  t: ExecutionContext,
  stack: Awaited<ReturnType<typeof startWithdrawals>> | null,
  { units = '100', policy = {} }: { units?: string; policy?: Partial<WithdrawalPolicy> } = {},
) {
  const clock = testClock();
  const identity = testIdentity({ now: clock.now });
  const withdrawalPolicy = { ...DEFAULT_WITHDRAWAL_POLICY, ...EAGER, ...policy };
  const settings = { authRequired: true, fund: { ...TEST_SETTINGS.fund, withdrawalPolicy } };
  const carriedOut = stack && { knex: stack.knex, withdrawals: stack.withdrawals };
  const api = await startApi(t, settings, { identity, ...carriedOut });
  const { knex, call } = api;
  const enter = await member(api, 'user');
  const { access_token: token } = await enter();
  const { userId: id } = (await identity.tokens.verify('access', token))!;
  const user = { id, headers: bearer(token) };
  const admin = await actor(api, 'admin');
  await openHolder(knex, units, user.id);
  const send = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
    call<Body>(method, `/api/v1${path}`, body, { 'Content-Type': 'application/json', ...headers });
  const get = async (path: string, headers: Record<string, string>) =>
    (await send('GET', path, undefined, headers)).body.data as unknown as Record<string, unknown>[];
  const again = async () => bearer((await enter()).access_token);
  return {
    ...{ api, knex, clock, admin, get, holder: { ...user, again } },
    post: (path: string, body: unknown, headers: Record<string, string>) => send('POST', path, body, headers),
    ask: (body: unknown, headers: Record<string, string> = {}): Promise<TestAnswer<Body>> =>
      send('POST', '/wallet/withdraw-request', body, { ...user.headers, ...headers }),
    review: (query: string) => get(`/admin/withdrawals${query}`, admin.headers),
  };
}
