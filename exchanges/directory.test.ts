import test, { type ExecutionContext } from 'ava';
import { createExchanges, type DirectoryOptions, type SealedAccount, type StreamFault } from './directory.ts';
import { ExchangeError } from './port.ts';
import { VaultError } from './vault.ts';
import { ALICE, startStillExchange } from './simulated/testing/still-exchange.ts';

test('a paper account of any exchange trades on the simulated one', async (t) => {
  const { exchanges } = await setup(t);
  for (const name of ['Binance', 'CoinDCX F']) {
    const exchange = await exchanges.account({ ...ACCOUNT, id: name, exchange: name });
    t.true((await exchange.balances()).some(({ asset, free }) => asset === 'BTC' && free === '100'));
  }
});

test('a live account of an exchange without an adapter says what to do instead', async (t) => {
  const { exchanges } = await setup(t);
  const error = await t.throwsAsync(exchanges.account({ ...ACCOUNT, exchange: 'CoinDCX F', kind: 'live' }), {
    instanceOf: ExchangeError,
  });
  t.like(error, { code: 'unsupported_exchange', phase: 'before_call', final: true });
  t.regex(error.message, /paper account/);
});

test('an account is opened once for each version of its row', async (t) => {
  const { exchanges, unsealed } = await setup(t);
  const first = await exchanges.account(ACCOUNT);
  t.is(await exchanges.account({ ...ACCOUNT }), first);
  const changed = await exchanges.account({ ...ACCOUNT, updated_at: new Date(2_000) });
  t.not(changed, first);
  t.is(unsealed.length, 2);
});

test('an account that could not be opened is tried again', async (t) => {
  let fails = true;
  const { exchanges } = await setup(t, {
    unseal: () => {
      if (fails) throw new Error('sealed under another key');
      return ALICE;
    },
  });
  await t.throwsAsync(exchanges.account(ACCOUNT), { message: 'sealed under another key' });
  fails = false;
  await t.notThrowsAsync(exchanges.account(ACCOUNT));
});

test('keys that cannot be opened are bad credentials, for good, until a person changes them', async (t) => {
  const { exchanges } = await setup(t, {
    unseal: () => {
      throw new VaultError('unknown_key', 'They are sealed under the key "old".');
    },
  });
  const error = await t.throwsAsync(exchanges.account(ACCOUNT), { instanceOf: ExchangeError });
  t.like(error, { code: 'bad_credentials', phase: 'before_call', final: true });
  t.regex(error.message, /sealed under the key "old"/);
});

test('the treasury of a paper account is that of the simulated exchange, with the account’s own keys', async (t) => {
  const { exchanges, unsealed } = await setup(t);
  const treasury = await exchanges.treasury(ACCOUNT);
  t.teardown(() => treasury.close());
  t.deepEqual(unsealed, ['a1']);
  t.like(await treasury.rights(), { canTrade: true, canWithdraw: false, canTransfer: false });
  t.true((await treasury.networks('USDC')).some(({ network }) => network === 'ETH'));
});

test('an exchange without a treasury says so', async (t) => {
  const { exchanges } = await setup(t, { testnet: true });
  const error = await t.throwsAsync(exchanges.treasury({ ...ACCOUNT, kind: 'live' }), {
    instanceOf: ExchangeError,
  });
  t.like(error, { code: 'unsupported_exchange', phase: 'before_call', final: true });
});

test('the public side needs no account and opens none', async (t) => {
  const { exchanges } = await setup(t);
  const market = await exchanges.publicMarket('Binance', 'paper');
  t.is((await market.price('BTC/USDT')).price, '50000');
  t.like(await t.throwsAsync(market.balances()), { code: 'bad_credentials', phase: 'before_call' });
  t.throws(() => market.watchAccount('BTC/USDT', () => undefined), { instanceOf: ExchangeError });
});

test('P5: a stream that fails for good goes on quietly, and its log names no secret', async (t) => {
  const faults: StreamFault[] = [];
  const canary = { apiKey: 'canary-api-key-4711', secret: 'canary-secret-4711' };
  const { exchanges } = await setup(t, {
    unseal: () => canary,
    onStreamFault: (fault) => faults.push(fault),
  });
  const exchange = await exchanges.account(ACCOUNT);
  const stop = exchange.watchAccount('BTC/USDT', () => t.fail('it cannot stand'));
  while (faults.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  stop();
  t.true(faults.every(({ stream }) => stream === 'account'));
  t.notRegex(JSON.stringify(faults), /canary|signature=[0-9a-f]|:\/\//);
});

const ACCOUNT: SealedAccount = {
  id: 'a1',
  user_id: 'u1',
  exchange: 'Binance',
  kind: 'paper',
  sealed: Buffer.alloc(0),
  updated_at: new Date(1_000),
};

async function setup(t: ExecutionContext, options: Partial<DirectoryOptions> = {}) {
  const { url } = await startStillExchange(t);
  const unsealed: string[] = [];
  const exchanges = createExchanges({
    paperUrl: url as `http://${string}`,
    testnet: false,
    unseal: ({ id }) => (unsealed.push(id), ALICE),
    ...options,
  });
  t.teardown(() => exchanges.close());
  return { exchanges, unsealed };
}
