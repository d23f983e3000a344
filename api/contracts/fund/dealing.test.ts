import test from 'ava';
import { mainObserved } from '../../../bots/fund/postings.ts';
import { postEntry } from '../../../db/fund/post-entry.ts';
import { openHolder } from '../../../runtime/testing/fund-holders.ts';
import { startLooseFund } from '../../../runtime/testing/loose-fund.ts';
import { actor } from '../../testing/fund-api.ts';
import { testClock, testIdentity } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';
import { withTwoFactor } from '../../testing/two-factor.ts';

interface Body {
  data: {
    frozen: { because: string; since: string } | null;
    valuation: object | null;
    solvency: { differences: string[] } | null;
  };
  error?: string;
}

test('an admin sees how the fund stands, freezes dealing and lets it go on once nothing is wrong', async (t) => {
  const fund = await startLooseFund(t);
  const { knex, activities, run } = fund;
  const clock = testClock();
  const identity = testIdentity({ now: clock.now });
  let woken = 0;
  const wake = async () => void (woken += 1);
  const api = await startApi(t, { authRequired: true }, { knex, identity, fund: { wake } });
  const admin = await actor(api, 'admin');
  const look = async () =>
    (await api.call<Body>('GET', '/api/v1/admin/fund', undefined, admin.headers)).body.data;
  const post = (what: string, body: object | string = '') =>
    api.call<Body>('POST', `/api/v1/admin/fund/${what}`, body, admin.headers);
  t.deepEqual(await look(), { frozen: null, valuation: null, solvency: null });

  await openHolder(knex, '1000');
  await postEntry(knex, { ...mainObserved({ asset: 'BTC', amount: '1' }), key: 'bitcoin', at: Date.now() });
  await run(activities.checkSolvency, undefined);
  await run(activities.valueFund, { reason: 'sync' });
  const well = await look();
  t.like(well, { frozen: null, solvency: { differences: [] } });
  t.like(well.valuation, {
    nav_per_unit: 51,
    total_value: 51_000,
    total_units: 1_000,
    provisional_because: null,
  });

  t.is((await post('freeze', { reason: ' ' })).body.error, 'reason: Must say why');
  const reason = 'I do not like what I see';
  const [frozen, again] = [await post('freeze', { reason }), await post('freeze', { reason: 'another' })];
  t.is(frozen.status, 200, frozen.text);
  t.is(frozen.body.data.frozen?.because, reason);
  t.deepEqual(again.body.data.frozen, frozen.body.data.frozen);
  const held = await run(activities.valueFund, { reason: 'sync' });
  t.is(held.heldBecause, `Dealing is frozen: ${reason}`);
  t.is((await post('unfreeze')).body.data.frozen, null);
  t.is((await post('unfreeze')).status, 200);
  t.is(woken, 1);
  const trail = await knex('audit_logs').where({ target: 'fund' }).orderBy('id');
  t.deepEqual(
    trail.map(({ action, user_id, actor_ip, details: { before, after } }) => [
      ...[action, user_id, actor_ip, before?.because ?? null, after?.because ?? null],
    ]),
    [
      ['fund.freeze', admin.id, '127.0.0.1', null, reason],
      ['fund.unfreeze', admin.id, '127.0.0.1', reason, null],
    ],
  );

  const speck = mainObserved({ asset: 'USDC', amount: '0.00000001' });
  await postEntry(knex, { ...speck, key: 'speck', at: Date.now() });
  for (const _ of ['first', 'again']) {
    const [difference] = await run(activities.checkSolvency, undefined);
    t.like(await look(), { frozen: { because: difference }, solvency: { differences: [difference] } });
    const refused = await post('unfreeze');
    t.is(refused.status, 409);
    t.true(refused.body.error?.includes(difference!));
  }
  await postEntry(knex, {
    ...mainObserved({ asset: 'USDC', amount: '-0.00000001' }),
    key: 'mended',
    at: Date.now(),
  });
  t.deepEqual(await run(activities.checkSolvency, undefined), []);
  t.is((await post('unfreeze')).body.data.frozen, null);

  await withTwoFactor(api.call, admin.headers, clock.now);
  clock.pass(6 * 60_000);
  for (const what of ['freeze', 'unfreeze']) {
    const late = await post(what, { reason });
    t.is(late.status, 403);
    t.regex(late.body.error ?? '', /two-factor code/);
  }
  t.is((await look()).frozen, null);
});
