import test, { type ExecutionContext } from 'ava';
import { startFund, type FundStack } from '../../../runtime/testing/funded-stack.ts';
import { createDepositClient } from '../../../workflows/client.ts';
import { bearer, signedIn, testIdentity } from '../../testing/identity.ts';
import { startApi, type TestAnswer } from '../../testing/start-api.ts';

interface Body {
  success: boolean;
  data: { asset: string; network: string; address: string; tag: string | null; min_deposit: number };
}

test.serial("fund-integration 27: a user's address stays the same, and is nobody else's", async (t) => {
  const fund = await startFund(t);
  const { ask, users } = await serve(t, fund);
  const [one, two] = users;
  const first = await ask(one!.headers);
  t.is(first.status, 200);
  t.like(first.body, { success: true, data: { asset: 'USDC', network: 'ETH', tag: null, min_deposit: 10 } });
  t.deepEqual((await ask(one!.headers, '?network=ETH')).body, first.body);
  const others = await Promise.all([ask(two!.headers), ask(two!.headers), ask(two!.headers, '?network=TRX')]);
  const [again, same, elsewhere] = others.map(({ body }) => body.data.address);
  t.is(again, same);
  t.is(new Set([first.body.data.address, again, elsewhere]).size, 3);
  t.is((await fund.knex('fund_sub_accounts')).length, 2);

  t.is((await ask({})).status, 401);
  t.is((await ask(bearer('no-token'))).status, 401);
  for (const network of ['DOGE', '', 'eth', 'ETH%00']) {
    const { status, text } = await ask(one!.headers, `?network=${network}`);
    t.is(status, 400, network);
    t.regex(text, /^\{"success":false,"error":"network: /);
  }
});

test.serial(
  'fund-integration 27: while the exchange is away a known address is told, and another is 503',
  async (t) => {
    const fund = await startFund(t);
    const { ask, users } = await serve(t, fund, { deadlineMs: 1_000 });
    const [user] = users;
    fund.exchange.control.addFault({ kind: 'status', status: 503, match: {} });
    const none = await ask(user!.headers);
    t.is(none.status, 503);
    t.truthy(none.headers.get('Retry-After'));
    fund.exchange.control.clearFaults();
    const address = await fund.until('an address', async () => {
      const { status, body } = await ask(user!.headers);
      return status === 200 && body.data.address;
    });
    await fund.exchange.close();
    t.is((await ask(user!.headers)).body.data.address, address);
  },
);

/** The API over a fund's stack, and two users who are signed in. */
async function serve(t: ExecutionContext, { knex, temporal }: FundStack, { deadlineMs = 30_000 } = {}) {
  const deposits = createDepositClient(temporal.client, { deadlineMs });
  const settings = { authRequired: true };
  const { call } = await startApi(t, settings, { knex, identity: testIdentity(), deposits });
  return {
    ask: (headers: Record<string, string>, query = ''): Promise<TestAnswer<Body>> =>
      call<Body>('GET', `/api/v1/wallet/deposit-address${query}`, undefined, headers),
    users: [await signedIn(call, 'one@example.com'), await signedIn(call, 'two@example.com')],
  };
}
