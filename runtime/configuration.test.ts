import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ConfigurationError, readConfiguration, warningsOf } from './configuration.ts';
import { environmentExample } from './environment/example.ts';
import { PLACEHOLDER_SECRET_KEY } from './environment/sign-in-variables.ts';
import { PROJECT } from './project.ts';

const REQUIRED = {
  DATABASE_URL: 'postgresql://db_user:hunter2@localhost:5432/scalper_bot',
  SECRET_KEY: '0123456789abcdef0123456789abcdef',
};

const refusals: [why: string, variables: Record<string, string | undefined>, message: RegExp][] = [
  ['a missing DATABASE_URL', { ...REQUIRED, DATABASE_URL: undefined }, /DATABASE_URL is required/],
  ['an empty DATABASE_URL', { ...REQUIRED, DATABASE_URL: '' }, /DATABASE_URL is required/],
  ['a missing SECRET_KEY', { ...REQUIRED, SECRET_KEY: undefined }, /SECRET_KEY is required/],
  [
    'a SECRET_KEY of 31 characters',
    { ...REQUIRED, SECRET_KEY: 'k'.repeat(31) },
    /SECRET_KEY must have at least 32/,
  ],
  [
    "the template's SECRET_KEY in production",
    { ...REQUIRED, SECRET_KEY: PLACEHOLDER_SECRET_KEY, DEBUG: 'False' },
    /SECRET_KEY is still the placeholder/,
  ],
  [
    'a SECRET_KEY of seven characters, repeated, in production',
    { ...REQUIRED, SECRET_KEY: 'abcdefg'.repeat(5), DEBUG: 'False' },
    /SECRET_KEY repeats a few characters/,
  ],
];

const LONG = 'abcdefgh'.repeat(4);
const PRODUCTION = { ENVIRONMENT: 'production', DEBUG: 'False' };

const signing: typeof refusals = [
  ['no JWT_SECRET', { ...REQUIRED, ...PRODUCTION }, /JWT_SECRET is missing/],
  [
    'DEBUG in production',
    { ...REQUIRED, ENVIRONMENT: 'production', JWT_SECRET: LONG },
    /ENVIRONMENT=production .*Set DEBUG=False/,
  ],
  [
    'a JWT_SECRET of 31 characters',
    { ...REQUIRED, ...PRODUCTION, JWT_SECRET: 'j'.repeat(31) },
    /JWT_SECRET must have at least 32/,
  ],
  [
    'a placeholder for JWT_SECRET',
    { ...REQUIRED, ...PRODUCTION, JWT_SECRET: PLACEHOLDER_SECRET_KEY },
    /JWT_SECRET is a placeholder/,
  ],
  [
    'a JWT_SECRET that says that it is to be changed',
    { ...REQUIRED, ...PRODUCTION, JWT_SECRET: 'ChangeMe-changeme-0123456789abcdef' },
    /JWT_SECRET is a placeholder/,
  ],
  [
    'a short JWT_SECRET_PREVIOUS',
    { ...REQUIRED, JWT_SECRET: LONG, JWT_SECRET_PREVIOUS: 'short-secret' },
    /JWT_SECRET_PREVIOUS must have at least 32/,
  ],
  ['a JWT_SECRET of seven characters, repeated', { ...REQUIRED, JWT_SECRET: 'abcdefg'.repeat(5) }, /repeats/],
];

for (const [why, variables, message] of signing) {
  test(`trading-api 61: start is refused with ${why}`, (t) => {
    const error = t.throws(() => readConfiguration(variables), { instanceOf: ConfigurationError, message });
    for (const value of Object.values(variables))
      if (value && !/^(production|False)$/.test(value)) t.false(error.message.includes(value));
  });
}

test('tokens are signed with JWT_SECRET, else with SECRET_KEY, and never with the placeholder', (t) => {
  const { secret, isForThisRun } = readConfiguration(REQUIRED).identity;
  t.is(secret, REQUIRED.SECRET_KEY);
  t.false(isForThisRun);
  const own = { JWT_SECRET: LONG, JWT_SECRET_PREVIOUS: `${LONG}p`, ...PRODUCTION };
  t.deepEqual(readConfiguration({ ...REQUIRED, ...own }).identity, {
    ...{ secret: own.JWT_SECRET, olderSecret: own.JWT_SECRET_PREVIOUS },
    ...{ environment: 'production', isForThisRun: false, oauth: { redirectBase: '', providers: {} } },
  });
  const placeholder = { ...REQUIRED, SECRET_KEY: PLACEHOLDER_SECRET_KEY };
  const made = readConfiguration(placeholder);
  t.not(made.identity.secret, PLACEHOLDER_SECRET_KEY);
  t.not(made.identity.secret, readConfiguration(placeholder).identity.secret);
  t.regex(warningsOf(made).join(), /Set JWT_SECRET/);
  t.false(warningsOf(made).join().includes(made.identity.secret));
});

test('without DEBUG it is production, unless ENVIRONMENT says otherwise', (t) => {
  const environmentOf = (variables: object) =>
    readConfiguration({ ...REQUIRED, ...variables }).identity.environment;
  t.is(environmentOf({}), 'development');
  t.is(environmentOf({ DEBUG: 'False' }), 'production');
  t.is(environmentOf({ DEBUG: 'False', ENVIRONMENT: 'development' }), 'development');
});

for (const [why, variables, message] of refusals) {
  test(`scalper-bot 52: start is refused with ${why}`, (t) => {
    const error = t.throws(() => readConfiguration(variables), { instanceOf: ConfigurationError, message });
    for (const value of Object.values(variables))
      if (value && value !== 'False') t.false(error.message.includes(value));
  });
}

test('scalper-bot 52: all that is wrong is said at once, and no value is shown', (t) => {
  const wrong = {
    PORT: 'secret-in-the-wrong-place',
    DEBUG: 'maybe',
    DATABASE_URL: 'mysql://root:hunter2@db',
  };
  const error = t.throws(() => readConfiguration(wrong), { instanceOf: ConfigurationError });
  for (const name of ['PORT', 'DEBUG', 'DATABASE_URL', 'SECRET_KEY'])
    t.regex(error.message, new RegExp(`${name} `));
  t.notRegex(error.message, /secret-in-the-wrong-place|hunter2|maybe/);
});

test('the defaults are those of the specification', (t) => {
  const { api, database, logging } = readConfiguration(REQUIRED);
  t.like(api, {
    prefix: '/api/v1',
    name: 'Scalper Bot API',
    version: '1.0.0',
    host: '0.0.0.0',
    port: 8000,
    debug: true,
    corsOrigins: ['http://localhost:3000', 'http://localhost:3001'],
    allowedHosts: ['*'],
    rateLimit: { perMinute: 60, perHour: 1000 },
    maxBots: 10,
    tradeAmount: { least: '0.001', most: '1000' },
  });
  t.like(database, { poolSize: 20, maxOverflow: 10, echo: false });
  t.like(logging, { level: 'INFO', format: 'json' });
});

test('trading-api 62: in production no origin may call unless it is named, and a star names none', (t) => {
  const originsOf = (variables: object) =>
    readConfiguration({ ...REQUIRED, ...variables }).api.tradingCorsOrigins;
  t.deepEqual(originsOf({}), ['http://localhost:3000', 'http://localhost:3001']);
  t.deepEqual(originsOf({ DEBUG: 'False' }), []);
  t.regex(warningsOf(readConfiguration({ ...REQUIRED, DEBUG: 'False' })).join(), /CORS_ORIGINS/);
  const CORS_ORIGINS = 'https://a.example,https://b.example:8443';
  t.deepEqual(originsOf({ DEBUG: 'False', CORS_ORIGINS }), CORS_ORIGINS.split(','));
  for (const wrong of ['*', 'https://a.example/', 'https://*.example', 'a.example', 'https://a.example,*'])
    t.throws(() => originsOf({ CORS_ORIGINS: wrong }), { message: /CORS_ORIGINS must be origins/ }, wrong);
});

test('trading-api 64: admins call from anywhere in development, and from nowhere in production unless it is said', (t) => {
  const allows = (variables: object, address: string) =>
    readConfiguration({ ...REQUIRED, ...variables }).api.adminAddresses.includes(address);
  const listed = { ADMIN_IP_WHITELIST: '203.0.113.7, 2001:db8::/32' };
  t.true(allows({}, '198.51.100.1'));
  t.false(allows({ DEBUG: 'False' }, '127.0.0.1'));
  t.regex(warningsOf(readConfiguration({ ...REQUIRED, DEBUG: 'False' })).join(), /ADMIN_IP_WHITELIST/);
  for (const environment of [listed, { ...listed, DEBUG: 'False' }]) {
    t.true(allows(environment, '203.0.113.7'));
    t.false(allows(environment, '203.0.113.8'));
  }
  for (const wrong of ['10.0.0.0/33', '10.1', 'localhost', '::/129', '010.0.0.1', '10.0.0.0/'])
    t.throws(
      () => allows({ ADMIN_IP_WHITELIST: wrong }, '::1'),
      { message: /ADMIN_IP_WHITELIST must be/ },
      wrong,
    );
});

test('the password of Redis is never shown, wherever it is set', (t) => {
  const { redactions } = readConfiguration({
    ...REQUIRED,
    REDIS_URL: 'redis://:canary%21one@localhost:6379/0',
    REDIS_PASSWORD: 'canary-two',
  });
  for (const secret of ['canary%21one', 'canary!one', 'canary-two']) t.true(redactions.includes(secret));
  t.throws(() => readConfiguration({ ...REQUIRED, REDIS_URL: 'http://canary@x' }), {
    message: /^((?!canary)[^])*$/,
  });
});

test('lists are read as JSON and with commas', (t) => {
  for (const BACKEND_CORS_ORIGINS of [
    '["https://a.example","https://b.example"]',
    'https://a.example, https://b.example',
  ])
    t.deepEqual(readConfiguration({ ...REQUIRED, BACKEND_CORS_ORIGINS }).api.corsOrigins, [
      'https://a.example',
      'https://b.example',
    ]);
  t.throws(() => readConfiguration({ ...REQUIRED, BACKEND_CORS_ORIGINS: '["open' }), {
    message: /BACKEND_CORS_ORIGINS/,
  });
});

test('what is not a variable of ours is ignored, and blank counts as not set', (t) => {
  t.is(readConfiguration({ ...REQUIRED, UNHEARD_OF: '1', PORT: '' }).api.port, 8000);
});

test('what only this machine hears answers to its names only, however it was started', (t) => {
  for (const HOST of ['127.0.0.1', 'localhost', '::1'])
    t.deepEqual(
      readConfiguration({ ...REQUIRED, HOST }).api.allowedHosts,
      ['localhost', '127.0.0.1', '[::1]'],
      HOST,
    );
});

test('production answers to its own hosts only', (t) => {
  const { api } = readConfiguration({ ...REQUIRED, DEBUG: 'False' });
  t.deepEqual(api.allowedHosts, ['scalperbot.com', 'www.scalperbot.com', 'api.scalperbot.com']);
});

test('debugging in sight of others is warned of', (t) => {
  t.regex(warningsOf(readConfiguration(REQUIRED)).join(), /HOST=127\.0\.0\.1/);
  t.deepEqual(warningsOf(readConfiguration({ ...REQUIRED, HOST: '127.0.0.1' })), []);
  const production = { ...REQUIRED, DEBUG: 'False' };
  t.notRegex(warningsOf(readConfiguration(production)).join(), /HOST=127\.0\.0\.1/);
});

test('.env.example says what the schema says (npm run env:example writes it)', (t) => {
  t.is(readFileSync(join(PROJECT, '.env.example'), 'utf8'), environmentExample());
});
