import { NO_WITHDRAWALS } from '../../testing/no-withdrawals.ts';
import test, { type ExecutionContext } from 'ava';
import Koa from 'koa';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { startFund, type FundStack } from '../../../runtime/testing/funded-stack.ts';
import { createDepositClient } from '../../../workflows/client.ts';
import { faults } from '../../middleware/faults.ts';
import { requestId } from '../../middleware/request-id.ts';
import { createRouter } from '../../router.ts';
import { listen } from '../../server.ts';
import type { ApiState } from '../../state.ts';
import { bearer, signedIn, testIdentity } from '../../testing/identity.ts';
import { callerOf, NO_FUND, startApi, TEST_SETTINGS, type TestAnswer } from '../../testing/start-api.ts';
import { STRICT_EXCHANGE } from '../../testing/strict-exchange.ts';
import { envelope } from '../trading/envelope.ts';
import { depositAddressRoutes } from './deposit-address.ts';

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
    t.regex(text, /network/);
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

/** The route over a fund's stack, and two users who are signed in. */
async function serve(t: ExecutionContext, fund: FundStack, { deadlineMs = 30_000 } = {}) {
  const { knex, temporal } = fund;
  const identity = testIdentity();
  const api = await startApi(t, {}, { knex, identity });
  const log = pino({ enabled: false });
  const app = new Koa<ApiState>();
  app.use(requestId(log));
  app.use(faults(() => envelope));
  const router = createRouter(
    { routes: depositAddressRoutes },
    {
      ...{ knex, identity, log, bots: api.bots, defaultOwnerId: api.ownerId, settings: TEST_SETTINGS },
      ...{ accounts: STRICT_EXCHANGE, metrics: new Registry(), checkAnswers: true, deadlineMs: 60_000 },
      deposits: createDepositClient(temporal.client, { deadlineMs }),
      ...{ withdrawals: NO_WITHDRAWALS, fund: NO_FUND },
    },
  );
  app.use(router.routes());
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close(0));
  const call = callerOf(server.url);
  return {
    ask: (headers: Record<string, string>, query = ''): Promise<TestAnswer<Body>> =>
      call<Body>('GET', `/wallet/deposit-address${query}`, undefined, headers),
    users: [await signedIn(api.call, 'one@example.com'), await signedIn(api.call, 'two@example.com')],
  };
}
