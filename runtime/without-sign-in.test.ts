import test from 'ava';
import { ensureDefaultOwner } from '../db/owners.ts';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { planStart, settingsOf, type Variables } from './supervisor/plan.ts';
import { freshDatabase } from './testing/database.ts';
import { isOwnMachine, requireOwnMachine, requirePaper } from './without-sign-in.ts';

const MINE = {
  DATABASE_URL: 'postgresql://db_user@localhost:5432/scalper_bot',
  SECRET_KEY: '0123456789abcdef0123456789abcdef',
  HOST: '127.0.0.1',
};

const SECRETS = {
  ...{ secretKey: '0123456789abcdef'.repeat(4), encryptionKey: '1'.repeat(64) },
  ...{ databasePassword: 'password', controlToken: 'token' },
};

test('Sign-in is asked for unless it is switched off', (t) => {
  t.true(readConfiguration(MINE).api.authRequired);
  t.true(
    readConfiguration({ ...MINE, DEBUG: 'False', JWT_SECRET: '0123456789abcdefghijklmnopqrstuv' }).api
      .authRequired,
  );
  t.false(readConfiguration({ ...MINE, AUTH_REQUIRED: 'False' }).api.authRequired);
});

const EXPOSED: [what: string, variables: Record<string, string>, remedy: RegExp][] = [
  ['outside of development', { DEBUG: 'False' }, /set DEBUG=True, ENVIRONMENT=development\.$/],
  [
    'in production',
    { DEBUG: 'False', ENVIRONMENT: 'production', JWT_SECRET: '0123456789abcdefghijklmnopqrstuv' },
    /set DEBUG=True, ENVIRONMENT=development\.$/,
  ],
  ['in sight of others', { HOST: '0.0.0.0' }, /set HOST=127\.0\.0\.1\.$/],
  ['behind a proxy', { TRUSTED_PROXIES: '1' }, /set TRUSTED_PROXIES=0\.$/],
  ['with real money', { BINANCE_TESTNET: 'False' }, /set BINANCE_TESTNET=True\.$/],
];

for (const [what, variables, remedy] of EXPOSED) {
  test(`scalper-bot 55: the API does not start without sign-in ${what}`, (t) => {
    const read = (AUTH_REQUIRED: string) => readConfiguration({ ...MINE, ...variables, AUTH_REQUIRED });
    const { message } = t.throws(() => requireOwnMachine(read('False')), { instanceOf: ConfigurationError });
    t.regex(message, /^AUTH_REQUIRED=False /);
    t.regex(message, remedy);
    t.false(isOwnMachine(read('False')));
    t.notThrows(() => requireOwnMachine(read('True')));
  });
}

test('A developer may do without sign-in on their own machine', (t) => {
  for (const HOST of ['127.0.0.1', 'localhost', '::1'])
    t.notThrows(() => requireOwnMachine(readConfiguration({ ...MINE, HOST, AUTH_REQUIRED: 'False' })), HOST);
});

test('scalper-bot 55: the API does not start without sign-in where users keep live keys', async (t) => {
  const { knex } = await freshDatabase(t);
  const { id: defaultOwnerId } = await ensureDefaultOwner(knex);
  const [user] = await knex('users').insert({ name: 'Ada' }).returning('id');
  const open = (user_id: string, kind: string) =>
    knex('exchange_accounts').insert({
      ...{ user_id, kind, exchange: 'Binance', label: kind, api_key_last4: 'abcd' },
      ...{ sealed: Buffer.from('x'), sealed_key_id: 'k' },
    });
  const start = (variables: Variables) => {
    const { api } = planStart(variables, settingsOf(variables), { secrets: SECRETS }).configuration;
    return requirePaper(knex, { api, defaultOwnerId });
  };
  await open(user.id, 'paper');
  await open(defaultOwnerId, 'live');
  await t.notThrowsAsync(start({}));
  await open(user.id, 'live');
  // Also where nobody has set it, which taking it away would not change.
  for (const variables of [{}, { AUTH_REQUIRED: 'False' }])
    await t.throwsAsync(start(variables), {
      instanceOf: ConfigurationError,
      message: /^((?!Take)[^])* Set AUTH_REQUIRED=True/,
    });
  await t.notThrowsAsync(start({ AUTH_REQUIRED: 'True' }));
});
