import { randomUUID } from 'node:crypto';
import test from 'ava';
import { DEFAULT_WITHDRAWAL_POLICY } from '../bots/fund/policy.ts';
import { EVERYBODY, findBot, insertBot, listBots, readStatistics } from '../db/bots.ts';
import { changeUser } from '../db/administration.ts';
import { listLogs } from '../db/logs.ts';
import { listUsers } from '../db/users.ts';
import { User } from '../db/models/user.ts';
import { createExchanges } from '../exchanges/directory.ts';
import { startSimulatedExchange } from '../exchanges/simulated/server.ts';
import { createVault } from '../exchanges/vault.ts';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { environmentExample } from './environment/example.ts';
import { ensureFund, mayMoveFund, openFundAccount } from './fund.ts';
import { freshDatabase } from './testing/database.ts';
import { PING_PONG } from './testing/rows.ts';
import { TEST_KEY } from './testing/stack.ts';

const REQUIRED = {
  DATABASE_URL: 'postgresql://db_user@localhost:5432/scalper_bot',
  SECRET_KEY: '0123456789abcdef0123456789abcdef',
};
const SET = { FUND_SYMBOLS: 'BTCUSDC', FUND_STRATEGY_PARAMETERS: '{"quoteAmount":"250","timeframe":"1m"}' };
const settingsOf = (variables: Record<string, string>) =>
  readConfiguration({ ...REQUIRED, ...variables }).fund;
const vault = createVault({ currentKeyId: TEST_KEY.keyId, keys: { [TEST_KEY.keyId]: TEST_KEY.key } });

test('without FUND_SYMBOLS there is no fund, and a unit costs 1 USDC', async (t) => {
  const { knex } = await freshDatabase(t);
  t.like(settingsOf({}), { bot: null, initialPrice: '1', currency: 'USDC', staleAfterSeconds: 60 });
  t.is(await ensureFund(knex, vault, settingsOf({})), null);
  t.deepEqual(await knex('users'), []);
});

test('the fund is made once by however many processes, and is what was set', async (t) => {
  const { knex } = await freshDatabase(t);
  const made = await Promise.all(Array.from({ length: 8 }, () => ensureFund(knex, vault, settingsOf(SET))));
  t.is(new Set(made.map((fund) => fund?.bot.id)).size, 1);
  const { bot, account, isAsSet } = made[0]!;
  t.true(isAsSet);
  t.like(bot, { ticker: 'BTC/USDC', strategy: 'rsi-reversal', status: 'STOPPED', exchange: 'Binance' });
  t.like(bot.parameters, { quoteAmount: '250', timeframe: '1m' });
  t.like(account, { kind: 'paper', permissions: ['read', 'trade'] });
  t.is((await knex('users')).length, 1);
  t.is((await knex('exchange_accounts')).length, 1);
  const other = await ensureFund(knex, vault, settingsOf({ ...SET, FUND_SYMBOLS: 'ETH/USDC' }));
  t.like(other, { isAsSet: false, bot: { id: bot.id, ticker: 'BTC/USDC' } });
});

test('keys of the environment are sealed into an account of their own, and anew when they change', async (t) => {
  const { knex } = await freshDatabase(t);
  const keyed = (FUND_API_KEY: string) => settingsOf({ ...SET, FUND_API_KEY, FUND_API_SECRET: 'secret' });
  const { account } = (await ensureFund(knex, vault, keyed('key-one')))!;
  t.like(account, { kind: 'live', api_key_last4: '-one' });
  const changed = (await ensureFund(knex, vault, keyed('key-two')))!;
  t.like(changed, { isAsSet: true, account: { id: account.id, api_key_last4: '-two' } });
});

test('a fund of play money never becomes one of real money, nor the other way round: the start is refused, and nothing stored', async (t) => {
  const keys = { FUND_API_KEY: 'key-one', FUND_API_SECRET: 'secret' };
  const [paper, live] = [settingsOf(SET), settingsOf({ ...SET, ...keys })];
  const treasuryKeys = { apiKey: 'key', secret: 'secret' };
  const refused = { instanceOf: ConfigurationError, message: /another DATA_DIR/ };
  for (const [first, then] of [[paper, live] as const, [live, paper] as const]) {
    const { knex } = await freshDatabase(t);
    t.false(await mayMoveFund(knex, null));
    const { account } = (await ensureFund(knex, vault, first))!;
    await t.throwsAsync(ensureFund(knex, vault, then), refused);
    t.deepEqual(await knex('exchange_accounts').pluck('id'), [account.id]);
    const isPaper = first === paper;
    if (isPaper) await t.throwsAsync(ensureFund(knex, vault, settingsOf(keys)), refused);
    if (isPaper) await t.throwsAsync(mayMoveFund(knex, treasuryKeys), refused);
    else t.true(await mayMoveFund(knex, treasuryKeys));
    t.is(await mayMoveFund(knex, null), isPaper);
  }
});

test('an account of the simulated exchange is opened there, empty, however often', async (t) => {
  const { knex } = await freshDatabase(t);
  const fund = (await ensureFund(knex, vault, settingsOf(SET)))!;
  const controlToken = randomUUID();
  const exchange = await startSimulatedExchange({
    ...{ port: 0, feed: 'synthetic', seed: 1, symbols: ['BTCUSDC'], stateFile: null, controlToken },
    log: () => undefined,
  });
  t.teardown(() => exchange.close());
  const paperUrl = exchange.url as `http://${string}`;
  for (let times = 0; times < 2; times++)
    await openFundAccount(vault, fund, { exchangeUrl: paperUrl, controlToken });
  const { sealed, user_id: userId, id: accountId, kind, exchange: name } = fund.account;
  const credentials = vault.open(sealed, { accountId, userId, exchange: name, kind });
  const exchanges = createExchanges({ paperUrl, testnet: true, unseal: () => credentials });
  t.teardown(() => exchanges.close());
  const account = { exchange: name, kind, credentials };
  t.deepEqual(await exchanges.visit(account, (venue) => venue.balances()), []);
  t.like(await exchanges.visit(account, (venue) => venue.keyRights()), { canTrade: true });
});

test("nobody is shown the fund's owner and bot among others, or changes them", async (t) => {
  const { knex } = await freshDatabase(t);
  const { bot } = (await ensureFund(knex, vault, settingsOf(SET)))!;
  const nobodys = await insertBot(knex, PING_PONG, { maxBots: 1 });
  const user = await User.query(knex).insert({ name: 'Ada', email: `${randomUUID()}@example.com` });
  const everybody = { userId: EVERYBODY } as const;
  const bots = await listBots(knex, { ...everybody, skip: 0, limit: 9 });
  t.deepEqual(
    bots.map(({ id }) => id),
    [nobodys!.id],
  );
  t.is(await findBot(knex, bot.id, everybody), null);
  t.like(await readStatistics(knex, everybody), { total_bots: 1 });
  t.is((await listLogs(knex, { ...everybody, skip: 0, limit: 9 })).length, 1);
  t.deepEqual(
    (await listUsers(knex, { skip: 0, limit: 9 })).map(({ id }) => id),
    [user.id],
  );
  const by = { userId: null, address: null };
  const change = { role: 'admin' } as const;
  t.is(await changeUser(knex, { id: bot.user_id!, by, change, at: new Date() }), undefined);
});

test('the least of a withdrawal counts beside FUND_WITHDRAWAL_POLICY, which need not say all of it', (t) => {
  const policyOf = (FUND_WITHDRAWAL_POLICY: string) =>
    settingsOf({ MIN_WITHDRAWAL_USDC: '500', FUND_WITHDRAWAL_POLICY }).withdrawalPolicy;
  const standard = { ...DEFAULT_WITHDRAWAL_POLICY, minimum: '500' };
  t.deepEqual(policyOf(''), standard);
  const [, example = ''] = /^# FUND_WITHDRAWAL_POLICY=(.*)$/m.exec(environmentExample()) ?? [];
  t.deepEqual(policyOf(example), standard);
  t.deepEqual(policyOf('{"limits":{"holderDay":"7000"},"expiryHours":5}'), {
    ...standard,
    ...{ limits: { transaction: null, holderDay: '7000', fundDay: null }, expiryHours: 5 },
  });
});

test('there are no fees unless FUND_FEES says which', (t) => {
  const feesOf = (variables: Record<string, string>) =>
    readConfiguration({ ...REQUIRED, ...variables }).treasury.fund.fees;
  const none = { managementPercent: null, performancePercent: null };
  t.deepEqual([feesOf({}), feesOf({ FUND_FEES: '' })], [none, none]);
  const fees = { managementPercent: '2', performancePercent: null };
  t.deepEqual(feesOf({ FUND_FEES: JSON.stringify(fees) }), fees);
});

test('settings of the fund that do not fit stop the start, by the name of their variable', (t) => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ FUND_SYMBOLS: 'BTCUSDT' }, /FUND_SYMBOLS must be one market against USDC/],
    [{ FUND_SYMBOLS: 'BTCUSDC,ETHUSDC' }, /FUND_SYMBOLS must be one market/],
    [{ FUND_SYMBOLS: 'BTCUSDC' }, /FUND_STRATEGY_PARAMETERS does not fit.*such as .*"quoteAmount"/],
    [{ ...SET, FUND_STRATEGY: 'luck' }, /FUND_STRATEGY must be one of ping-pong, rsi-reversal/],
    [{ FUND_STRATEGY_PARAMETERS: '{' }, /FUND_STRATEGY_PARAMETERS must be JSON/],
    [{ FUND_WITHDRAWAL_POLICY: '{"minimum":"1"}' }, /FUND_WITHDRAWAL_POLICY .*minimum .*MIN_WITHDRAWAL_USDC/],
    [{ FUND_WITHDRAWAL_POLICY: '{"limits":{"day":"1"}}' }, /FUND_WITHDRAWAL_POLICY must be JSON.*limits/],
    [{ FUND_FEES: '{"managementPercent":"2"}' }, /FUND_FEES must be JSON as described: performancePercent/],
    [{ FUND_INITIAL_CAPITAL: '0' }, /FUND_INITIAL_CAPITAL must be above 0/],
    [{ FUND_INITIAL_NAV: '1e3' }, /FUND_INITIAL_NAV must be an amount/],
    [{ FUND_API_KEY: 'key' }, /FUND_API_SECRET is missing/],
    [{ ...SET, TREASURY_API_KEY: 'key', TREASURY_API_SECRET: 'secret' }, /without FUND_API_KEY/],
  ];
  for (const [variables, message] of wrong)
    t.throws(
      () => settingsOf(variables),
      { instanceOf: ConfigurationError, message },
      JSON.stringify(variables),
    );
});
