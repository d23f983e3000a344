import test from 'ava';
import { ConfigurationError, type Configuration } from '../configuration.ts';
import type { DataFolder } from './data-folder.ts';
import { banner } from './banner.ts';
import { planStart, settingsOf, type Variables } from './plan.ts';

const secrets = {
  ...{ secretKey: '0123456789abcdef'.repeat(4), encryptionKey: '1'.repeat(64) },
  ...{ databasePassword: 'password', controlToken: 'token' },
};

/** How the API of a start is set. */
function apiOf(variables: Variables): Configuration['api'] {
  const folder = { secrets } as DataFolder;
  return planStart(variables, settingsOf(variables), folder).configuration.api;
}

/** Host names that it answers to. */
const allowedHosts = (variables: Variables): readonly string[] => apiOf(variables).allowedHosts;

test('A start that only this machine can reach answers to its names only', (t) => {
  for (const HOST of [undefined, '127.0.0.1', 'localhost', '::1'])
    t.deepEqual(allowedHosts({ HOST }), ['localhost', '127.0.0.1', '[::1]'], HOST);
});

test('A start that others can reach, or that is told its names, keeps them', (t) => {
  t.deepEqual(allowedHosts({ HOST: '0.0.0.0' }), ['*']);
  t.deepEqual(allowedHosts({ ALLOWED_HOSTS: 'bots.example' }), ['bots.example']);
  t.true(allowedHosts({ DEBUG: 'False' }).includes('api.scalperbot.com'));
});

test('A start asks nobody to sign in where only this machine can reach it and money is paper, unless told to', (t) => {
  t.false(apiOf({}).authRequired);
  t.true(apiOf({ AUTH_REQUIRED: 'True' }).authRequired);
  for (const variables of [
    { HOST: '0.0.0.0' },
    { DEBUG: 'False' },
    { BINANCE_TESTNET: 'False' },
    { TRUSTED_PROXIES: '1' },
  ]) {
    t.true(apiOf(variables).authRequired, JSON.stringify(variables));
    t.throws(() => apiOf({ ...variables, AUTH_REQUIRED: 'False' }), { instanceOf: ConfigurationError });
  }
});

test('What a start prints says whether one has to sign in, and how to try it then', (t) => {
  const printed = (variables: Variables) => {
    const folder = { secrets } as DataFolder;
    const { configuration, embedded } = planStart(variables, settingsOf(variables), folder);
    const telegram = variables.TELEGRAM_BOT_TOKEN === undefined ? null : 'https://t.me/some_bot';
    return banner(configuration, embedded, { seconds: 1, fund: null, telegram });
  };
  const token = { TELEGRAM_BOT_TOKEN: '123456:test-token-of-telegram' };
  t.regex(printed(token), /t\.me\/some_bot .*TELEGRAM_CHAT_ID/);
  for (const variables of [{}, { ...token, AUTH_REQUIRED: 'True' }, { ...token, TELEGRAM_CHAT_ID: '7' }])
    t.notRegex(printed(variables), /TELEGRAM_CHAT_ID/, JSON.stringify(variables));
  t.regex(printed({}), /Sign-in +off, .*AUTH_REQUIRED=True/);
  t.regex(printed({}), /curl -s \S+\/api\/v1\/bots\/$/m);
  t.regex(printed({ AUTH_REQUIRED: 'True' }), /Sign-in +needed/);
  t.regex(printed({ AUTH_REQUIRED: 'True' }), /curl -s \S+\/auth\/register /);
  t.regex(printed({ HOST: '::1' }), /curl -s http:\/\/\[::1\]:8000\//);
  t.regex(printed({ HOST: '0.0.0.0' }), /curl -s http:\/\/localhost:8000\//);
  // What it is told to try has to be answered.
  for (const variables of [{ DEBUG: 'False' }, { ALLOWED_HOSTS: 'bots.example' }]) {
    t.notRegex(printed(variables), /Try it/, JSON.stringify(variables));
    t.regex(printed(variables), /It answers to .*(scalperbot\.com|bots\.example)/);
  }
});

test('A fund of play money is set up where nobody has said what the fund trades, and nothing of it can be real', (t) => {
  const folder = { secrets } as DataFolder;
  const plan = (variables: Variables) => planStart(variables, settingsOf(variables), folder);
  const { hasDemoFund, configuration } = plan({});
  t.true(hasDemoFund);
  t.is(configuration.api.fund.withdrawalPolicy.newAddressCoolingHours, 0);
  t.is(apiOf({ MIN_WITHDRAWAL_USDC: '500' }).fund.withdrawalPolicy.minimum, '500');
  const keys = { FUND_API_KEY: 'key', FUND_API_SECRET: 'secret' };
  for (const variables of [
    { FUND_SYMBOLS: 'BTCUSDC', FUND_STRATEGY_PARAMETERS: '{"timeframe":"1m","quoteAmount":"250"}' },
    keys,
    { TREASURY_API_KEY: 'key', TREASURY_API_SECRET: 'secret' },
    { PAPER_EXCHANGE_URL: 'http://127.0.0.1:8900' },
    { HOST: '0.0.0.0' },
    { BINANCE_TESTNET: 'False' },
  ]) {
    const { hasDemoFund: has, configuration: other } = plan(variables);
    t.false(has, JSON.stringify(variables));
    t.is(other.api.fund.withdrawalPolicy.newAddressCoolingHours, 24);
  }
});
