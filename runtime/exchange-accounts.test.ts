import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { ApiError } from '../api/errors.ts';
import { startExchangeAccounts } from './testing/exchange-accounts.ts';
import { until } from '../exchanges/contract/expect.ts';

const AT = { exchange: 'Binance', kind: 'paper' } as const;
const KEYS = { apiKey: 'alice-key-0123456789', secret: 'alice-secret-0123456789' };

test('an exchange that hangs is given up in time, and asked again it answers', async (t) => {
  const { accounts, exchange } = await startExchangeAccounts(t, { patienceMs: 300 });
  exchange.control.addFault({ kind: 'delay', ms: 2_000, match: { path: RESTRICTIONS } });
  const error = await refusal(t, accounts.rights(AT, KEYS));
  t.is(error.code, 'exchange_timeout');
  t.is(error.status, 504);
  exchange.control.clearFaults();
  const answers = () =>
    accounts.rights(AT, KEYS).then(
      ({ canTrade }) => canTrade,
      () => false,
    );
  await t.notThrowsAsync(until(answers));
});

test('an exchange that is not there, fails or wants to be left alone is told apart, and no key is in what is said', async (t) => {
  const { accounts, exchange } = await startExchangeAccounts(t);
  await accounts.rights(AT, KEYS);
  exchange.control.addFault({ kind: 'malformed_json', times: 1 });
  t.is((await refusal(t, accounts.rights(AT, KEYS))).code, 'exchange_failed');
  exchange.control.addFault({ kind: 'rate_limited', retryAfterSeconds: 7, times: 1 });
  const busy = await refusal(t, accounts.rights(AT, KEYS));
  t.like(busy, { code: 'unavailable', status: 503, retryAfterSeconds: 7 });

  const away = await startExchangeAccounts(t, { paperUrl: await nobody() });
  const gone = await refusal(t, away.accounts.rights(AT, KEYS));
  t.like(gone, { code: 'exchange_failed', status: 502 });
  for (const { message, fields } of [busy, gone])
    t.notRegex(JSON.stringify([message, fields]), /alice|127\.0\.0\.1/);
});

test('keys are remembered by no client for those that come after them', async (t) => {
  const { accounts, exchange } = await startExchangeAccounts(t);
  await accounts.rights(AT, KEYS);
  await refusal(t, accounts.rights(AT, { ...KEYS, secret: 'another-secret' }));
  t.like(await accounts.rights(AT, KEYS), { canTrade: true });
  t.is(exchange.control.requests(0).filter(({ path }) => path === RESTRICTIONS).length, 3);
});

test('live keys of an exchange without an adapter are refused before anything is sent', async (t) => {
  const { accounts } = await startExchangeAccounts(t);
  const error = await refusal(t, accounts.rights({ exchange: 'CoinDCX F', kind: 'live' }, KEYS));
  t.like(error, { code: 'invalid_input', fields: [{ field: 'exchange' }] });
  t.deepEqual([...accounts.served.live], ['Binance']);
});

const RESTRICTIONS = '/sapi/v1/account/apiRestrictions';

async function refusal(t: ExecutionContext, asked: Promise<unknown>): Promise<ApiError> {
  return t.throwsAsync(asked, { instanceOf: ApiError });
}

/** An address where nobody listens. */
async function nobody(): Promise<`http://${string}`> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return `http://127.0.0.1:${port}`;
}
