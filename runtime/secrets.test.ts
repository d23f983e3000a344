import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { REDIRECT_BASE, startOpenIdProvider } from '../api/testing/open-id-provider.ts';
import { callerOf, type Call, type TestAnswer } from '../api/testing/start-api.ts';
import { freePort } from './embedded/ports.ts';
import { SECRET_NAMES } from './environment/variables.ts';
import { dumpOf, filesIn, historiesOf } from './testing/at-rest.ts';
import { leaksIn, type Canaries } from './testing/canaries.ts';
import { startProduct } from './testing/product.ts';
import { runCourse, type Scene } from './testing/secrets-course.ts';

/** What is given to whoever it belongs to, in one answer, and by which. */
const GIVEN: Record<string, RegExp> = {
  'access token': /^POST \/auth\/(login|login\/2fa|refresh)$|^GET \/oauth\/google\/callback$/,
  'refresh token': /^POST \/auth\/(login|login\/2fa|refresh)$|^GET \/oauth\/google\/callback$/,
  'pre-2FA token': /^POST \/auth\/login$/,
  'device token': /^POST \/auth\/login(\/2fa)?$|^GET \/oauth\/google\/callback$/,
  'TOTP secret': /^POST \/auth\/2fa\/setup$/,
  'OAuth state': /^GET \/oauth\/google$/,
  'OAuth cookie': /^GET \/oauth\/google$/,
  'recovery code': /^POST \/auth\/2fa\/enable$/,
};

/** What else the environment has; keys of Binance would be taken there. */
const OTHER_SECRETS = SECRET_NAMES.filter(
  (name) =>
    !/^(DATABASE_URL|REDIS_URL|JWT_SECRET|SECRET_KEY|ENCRYPTION_KEY|GOOGLE_CLIENT_SECRET|EXCHANGE_CONTROL_TOKEN|BINANCE_.*)$/.test(
      name,
    ),
);

interface Answered {
  /** `POST /auth/login` */
  asked: string;
  status: number;
  /** With its headers. */
  text: string;
}

test('P5: no secret is at rest in clear, nor in a history, a line of a log or an answer', async (t) => {
  const scene = await setUp(t);
  const { product, canaries, answers } = scene;
  const { sessionId, botId } = await runCourse(t, scene);
  await product.stop();

  const places = {
    database: await dumpOf(product.database.knex),
    histories: await historiesOf(product.temporal.client),
    logs: product.lines.join('\n'),
    files: filesIn(product.dataDir),
    answers: answers.map(({ text }) => text).join('\n'),
  };
  // Each has been read: what is no secret is there.
  for (const [place, text] of Object.entries(places)) t.true(text.includes(botId), place);
  for (const place of ['database', 'answers'] as const) t.true(places[place].includes(sessionId), place);
  for (const status of [200, 201, 400, 401, 404, 409, 422, 500, 502])
    t.true(
      answers.some((answer) => answer.status === status),
      String(status),
    );

  for (const place of ['database', 'histories', 'logs', 'files'] as const)
    t.deepEqual(leaksIn(places[place], canaries), [], place);
  for (const [name, value] of Object.entries(canaries)) {
    const holders = answers.filter(({ text }) => leaksIn(text, { [name]: value }).length > 0);
    const given = GIVEN[name.split(' of ')[0]!];
    t.deepEqual(
      holders.map(({ asked }) => asked).filter((asked) => !given?.test(asked)),
      [],
      name,
    );
    t.true(holders.length <= 1, name);
  }

  // Were one there, it would be found.
  const message = `at ${Buffer.from(`x${canaries['password'] as string}`).toString('base64')}`;
  await product.database.knex('activity_logs').insert({ level: 'INFO', message });
  t.deepEqual(leaksIn(await dumpOf(product.database.knex), canaries), ['password, base64']);
});

test('a secret is found in each of its forms', (t) => {
  const canaries = { it: 'a "secret" of/one+1' };
  const shown = (written: string) => leaksIn(`before ${written} after`, canaries).length > 0;
  t.true(shown(canaries.it));
  t.true(shown(JSON.stringify({ deep: canaries.it })));
  t.true(shown(encodeURIComponent(canaries.it)));
  t.true(shown(new URLSearchParams({ q: canaries.it }).toString()));
  t.true(shown(Buffer.from(canaries.it).toString('hex').toUpperCase()));
  for (const before of ['', 'x', 'xy', 'xyz'])
    for (const encoding of ['base64', 'base64url'] as const)
      t.true(shown(Buffer.from(`${before}${canaries.it}?>`).toString(encoding)), `${before} ${encoding}`);
  t.false(shown('a secret of one'));
  const cored = { it: 'a&b/0123456789abcdef' };
  for (const written of ['a&amp;b/0123456789abcdef', encodeURIComponent(encodeURIComponent(cored.it))])
    t.deepEqual(leaksIn(written, cored), ['it, core']);
  t.true(leaksIn('\\xC0FFEE00', { bytes: Buffer.from('c0ffee00', 'hex') }).length > 0);
});

async function setUp(t: ExecutionContext): Promise<Scene & { answers: Answered[] }> {
  const provider = await startOpenIdProvider(t);
  const encryptionKey = randomBytes(32);
  const canaries: Canaries = {
    password: secret('Staple'),
    'new password': secret('Battery'),
    'wrong password': secret('Zebra'),
    // Exchanges refuse others.
    'API key': `key${randomBytes(20).toString('hex')}`,
    'API secret': secret('api'),
    'wrong API secret': secret('nope'),
    passphrase: secret('phrase'),
    JWT_SECRET: randomBytes(32).toString('hex'),
    SECRET_KEY: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: encryptionKey.toString('hex'),
    'bytes of ENCRYPTION_KEY': encryptionKey,
    'OAuth client secret': provider.client.clientSecret,
  };
  for (const name of OTHER_SECRETS) canaries[name] = randomBytes(32).toString('hex');
  const product = await startProduct(t, {
    ...Object.fromEntries(
      ['JWT_SECRET', 'SECRET_KEY', 'ENCRYPTION_KEY', ...OTHER_SECRETS].map((name) => [
        name,
        String(canaries[name]),
      ]),
    ),
    ...{ KAKAO_CLIENT_ID: provider.client.clientId, KAKAO_ISSUER: provider.issuer },
    ...{ TELEGRAM_API_URL: provider.issuer, DEEPSEEK_API_URL: provider.issuer },
    // Nobody is there: what is said of that tells no password.
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    ...{ GOOGLE_CLIENT_ID: provider.client.clientId, GOOGLE_CLIENT_SECRET: provider.client.clientSecret },
    ...{ GOOGLE_ISSUER: provider.issuer, OAUTH_REDIRECT_BASE: REDIRECT_BASE },
    ...{ RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000', RATE_LIMIT_ADDRESS_PER_MINUTE: '1000' },
  });
  canaries['EXCHANGE_CONTROL_TOKEN'] = product.exchange.controlToken;
  canaries['database password'] = decodeURIComponent(new URL(product.database.url).password);
  const answers: Answered[] = [];
  return { product, canaries, answers, provider, call: recording(product.url, answers) };
}

/** Asks again where the machine is too busy, and keeps every answer. */
function recording(url: string, answers: Answered[]): Call {
  const ask = callerOf(url);
  return async <T>(...[method, path, body, headers]: Parameters<Call>): Promise<TestAnswer<T>> => {
    for (;;) {
      const answer = await ask<T>(method, path, body, headers);
      const told = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
      const asked = `${method} ${path.split('?')[0]}`;
      answers.push({ asked, status: answer.status, text: [...told, answer.text].join('\n') });
      if (answer.status !== 503) return answer;
      await sleep(500);
    }
  };
}

/** Told from anything else, strong, and written differently in an address. */
function secret(what: string): string {
  return `${what}&/+%${randomBytes(9).toString('hex')}-Zq7`;
}
