import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { createTokens } from '../../api/auth/tokens.ts';
import { bearer, type Pair } from '../../api/testing/identity.ts';
import type { TestProvider } from '../../api/testing/open-id-provider.ts';
import type { Call, TestAnswer } from '../../api/testing/start-api.ts';
import { STEP_MS, wrong } from '../../api/testing/two-factor.ts';
import type { Role } from '../../db/models/user.ts';
import { tokenHash } from '../../db/token-hash.ts';
import type { Canaries } from './canaries.ts';
import type { Product } from './product.ts';

export interface Scene {
  product: Product;
  /** Grows with what the product hands out. */
  canaries: Canaries;
  provider: TestProvider;
  call: Call;
}

const EMAIL = 'ada-of-canaries@example.com';

/** Everything that has to do with secrets, as users do it and as it goes wrong. */
export async function runCourse(
  t: ExecutionContext,
  scene: Scene,
): Promise<{ sessionId: string; botId: string }> {
  const { headers, recoveryCodes, sessionId } = await signInEveryWay(t, scene);
  await storeKeys(t, scene, headers);
  const botId = await trade(t, scene, headers);
  await signInByProvider(t, scene);
  await failInside(t, scene);
  const { call, canaries, product } = scene;
  const change = (current: string) => ({
    current_password: canaries[current],
    new_password: canaries['new password'],
  });
  t.is((await call('POST', '/auth/change-password', change('wrong password'), headers)).status, 401);
  t.is((await call('POST', '/auth/change-password', change('password'), headers)).status, 200);
  const again = { email: EMAIL, password: canaries['new password'], totp_code: recoveryCodes[2] };
  const { body, status } = await call<Pair>('POST', '/auth/login', again);
  t.is(status, 200);
  await product.database.knex('users').where({ email: EMAIL }).update({ role: 'admin' });
  for (const path of ['/admin/audit-logs?limit=500', '/auth/users', '/auth/sessions', '/metrics', '/nowhere'])
    await call('GET', path, undefined, bearer(body.access_token));
  t.is((await call('POST', '/auth/logout', undefined, bearer(body.access_token))).status, 200);
  return { sessionId, botId };
}

/** Ends with a session that has shown a code. */
async function signInEveryWay(t: ExecutionContext, scene: Scene) {
  const { call, canaries } = scene;
  const password = canaries['password'] as string;
  const mine = { email: EMAIL, password };
  t.is((await call('POST', '/auth/register', { email: 'nobody', password })).status, 400);
  await call('POST', '/auth/register', mine);
  t.is((await call('POST', '/auth/register', mine)).status, 409);
  const login = (body: unknown) => call<Pair & { pre_2fa_token: string }>('POST', '/auth/login', body);
  t.is((await login({ email: EMAIL, password: canaries['wrong password'] })).status, 401);
  t.is((await login({ email: password, password: { password } })).status, 422);
  t.is((await login(`{"password": ${JSON.stringify(password)}`)).status, 422);

  const first = await login(mine);
  t.is(first.status, 200);
  keep(canaries, 'first', first);
  const own = bearer(first.body.access_token);
  const setup = await call<{ secret: string }>('POST', '/auth/2fa/setup', undefined, own);
  const { secret: shared } = setup.body;
  canaries['TOTP secret'] = shared;
  canaries['TOTP secret of bytes'] = Buffer.from(Secret.fromBase32(shared).buffer);
  const code = (later = 0) => new TOTP({ secret: shared }).generate({ timestamp: Date.now() + later });
  t.is((await call('POST', '/auth/2fa/enable', { code: wrong(code()) }, own)).status, 401);
  const enabled = await call<{ recovery_codes: string[] }>('POST', '/auth/2fa/enable', { code: code() }, own);
  const recoveryCodes = enabled.body.recovery_codes;
  for (const [at, one] of recoveryCodes.entries()) {
    canaries[`recovery code of ${at}`] = one;
    canaries[`recovery code of ${at}, plain`] = one.replaceAll('-', '');
  }

  const half = (await login(mine)).body.pre_2fa_token;
  canaries['pre-2FA token'] = signatureOf(half);
  const secondStep = (sent: string, pre_2fa_token = half) =>
    call<Pair>('POST', '/auth/login/2fa', { pre_2fa_token, code: sent });
  t.is((await secondStep(wrong(code(STEP_MS)))).status, 401);
  t.is((await secondStep(recoveryCodes[0]!, `${half}x`)).status, 401);
  const second = await secondStep(code(STEP_MS));
  t.is(second.status, 200);
  keep(canaries, 'second', second);
  const third = await login({ ...mine, totp_code: recoveryCodes[1] });
  t.is(third.status, 200);
  keep(canaries, 'third', third);
  t.is((await login({ ...mine, totp_code: recoveryCodes[1] })).status, 401);

  const { access_token, refresh_token } = third.body;
  const refreshed = await call<Pair>('POST', '/auth/refresh', { refresh_token });
  t.is(refreshed.status, 200);
  canaries['access token of refresh'] = signatureOf(refreshed.body.access_token);
  t.is((await call('POST', '/auth/refresh', { refresh_token: access_token })).status, 401);
  await refreshLate(t, scene, second.body.refresh_token);
  t.is(
    (await call('GET', `/auth/sessions?token=${access_token}`, undefined, bearer(refresh_token))).status,
    401,
  );
  t.is((await call('GET', '/auth/sessions', undefined, bearer(`${access_token}x`))).status, 401);
  const headers = bearer(access_token);
  const { body } = await call<{ id: string; current: boolean }[]>(
    'GET',
    '/auth/sessions',
    undefined,
    headers,
  );
  const sessionId = body.find(({ current }) => current)!.id;
  return { headers, recoveryCodes, sessionId };
}

type Claims = Record<'user_id' | 'email' | 'sid', string> & { role: Role; ver: number };

/** A session whose token was given out days ago: another takes its place. */
async function refreshLate(
  t: ExecutionContext,
  { call, canaries, product }: Scene,
  refreshToken: string,
): Promise<void> {
  const { user_id, email, role, sid, ver } = decodeJwt<Claims>(refreshToken);
  const issued_at = new Date(Date.now() - 6.5 * 24 * 3_600_000);
  const tokens = createTokens({ secret: String(canaries['JWT_SECRET']), now: () => issued_at });
  const subject = { userId: user_id, email, role, sessionId: sid, version: ver };
  const { token } = await tokens.sign('refresh', subject);
  const { knex } = product.database;
  const old = { token_hash: tokenHash(token), issued_at };
  t.is(await knex('refresh_tokens').where({ session_id: sid, rotated_at: null }).update(old), 1);
  const { status, body } = await call<Pair>('POST', '/auth/refresh', { refresh_token: token });
  t.is(status, 200);
  canaries['old refresh token'] = signatureOf(token);
  canaries['refresh token of late'] = signatureOf(body.refresh_token);
  canaries['access token of late'] = signatureOf(body.access_token);
}

/** What a sign-in hands out. */
function keep(canaries: Canaries, when: string, { body, headers }: TestAnswer<Pair>): void {
  canaries[`access token of ${when}`] = signatureOf(body.access_token);
  canaries[`refresh token of ${when}`] = signatureOf(body.refresh_token);
  const [, device] = /perpetua_device=([\w-]+)/.exec(headers.get('Set-Cookie') ?? '') ?? [];
  if (device) canaries[`device token of ${when}`] = device;
}

/** Without it the rest of a token opens nothing. */
const signatureOf = (token: string) => token.split('.').at(-1)!;

async function storeKeys(
  t: ExecutionContext,
  { call, canaries, product }: Scene,
  headers: Record<string, string>,
): Promise<void> {
  const keys = {
    api_key: String(canaries['API key']),
    api_secret: String(canaries['API secret']),
    passphrase: canaries['passphrase'],
  };
  product.exchange.control.openAccount({
    id: randomUUID(),
    keys: [
      {
        ...{ key: keys.api_key, secret: keys.api_secret, ips: [] },
        permissions: { read: true, trade: true, withdraw: false },
      },
    ],
    balances: { USDT: '1000000', BTC: '100' },
    ...{ makerFee: '0.001', takerFee: '0.001', feeAsset: 'quote' as const },
  });
  const add = (api_secret: unknown) =>
    call('POST', '/account/api-keys', { exchange: 'Binance', kind: 'paper', ...keys, api_secret }, headers);
  t.is((await add(canaries['wrong API secret'])).status, 400);
  t.is((await add(`${keys.api_secret} with spaces`)).status, 400);
  t.is((await add(keys.api_secret)).status, 201);
  t.is((await add(keys.api_secret)).status, 409);
  t.is((await call('PUT', '/account/api-keys/Binance', keys, headers)).status, 200);
  t.is((await call('GET', '/account/api-keys', undefined, headers)).status, 200);
  t.is((await call('GET', '/account/balance', undefined, headers)).status, 200);
  product.exchange.control.addFault({ kind: 'malformed_json', match: { path: '/api/v3/account' }, times: 1 });
  t.is((await call('GET', '/account/balance', undefined, headers)).status, 502);
}

/** A round trip, in which the exchange loses answers and fails. */
async function trade(
  t: ExecutionContext,
  { call, product }: Scene,
  headers: Record<string, string>,
): Promise<string> {
  const { control } = product.exchange;
  const { knex } = product.database;
  const bot = {
    ...{ ticker: 'BTC/USDT', exchange: 'Binance', first_order: 'BUY', quantity: 0.01 },
    ...{ buy_price: 45_000, sell_price: 46_000, infinite_loop: false },
  };
  const orders = { method: 'POST', path: '/api/v3/order' };
  control.addFault({ kind: 'status', status: 500, effect: true, match: orders, times: 1 });
  control.addFault({ kind: 'rate_limited', retryAfterSeconds: 1, match: orders, times: 1 });
  const { status, body } = await call<{ id: string }>('POST', '/api/v1/bots/', bot, headers);
  t.is(status, 201);
  for (const [side, price] of [
    ['BUY', '44900'],
    ['SELL', '46100'],
  ] as const) {
    await until(`a ${side} to rest`, () =>
      knex('orders').where({ bot_id: body.id, side, status: 'OPEN' }).first(),
    );
    control.movePrice('BTCUSDT', price);
  }
  await until('the round to end', () => knex('bots').where({ id: body.id, status: 'STOPPED' }).first());
  t.is((await call('GET', `/api/v1/bots/${body.id}/why`, undefined, headers)).status, 200);
  for (const path of ['/api/v1/trades/', '/api/v1/logs/', `/api/v1/bots/${randomUUID()}`])
    await call('GET', path, undefined, headers);
  return body.id;
}

async function signInByProvider(t: ExecutionContext, scene: Scene): Promise<void> {
  const { call, canaries, provider } = scene;
  const person = { sub: 'grace', email: 'grace@example.com', email_verified: true };
  const callback = async (when: string) => {
    const begun = await call('GET', '/oauth/google');
    const [, cookie] = /^__Host-oauth=([\w-]+)/.exec(begun.headers.get('Set-Cookie')!)!;
    canaries[`OAuth cookie of ${when}`] = cookie!;
    canaries[`OAuth state of ${when}`] = new URL(begun.headers.get('Location')!).searchParams.get('state')!;
    const { pathname, search, searchParams } = await provider.signIn(
      new URL(begun.headers.get('Location')!),
      person,
    );
    const headers = { Cookie: begun.headers.get('Set-Cookie')!.split(';')[0]! };
    return { path: pathname + search, code: searchParams.get('code')!, headers };
  };
  const good = await callback('good');
  canaries['OAuth code'] = good.code;
  const signedIn = await call<Pair>('GET', good.path, undefined, good.headers);
  t.is(signedIn.status, 200);
  keep(canaries, 'provider', signedIn);
  await openPaper(t, scene, bearer(signedIn.body.access_token));
  t.is((await call('GET', good.path, undefined, good.headers)).status, 400);
  const refused = await callback('refused');
  provider.outage.kind = 'talkative';
  t.true((await call('GET', refused.path, undefined, refused.headers)).status >= 400);
  provider.outage.kind = 'none';
}

/** Keys that are made inside are read where they open something: on the exchange. */
async function openPaper(
  t: ExecutionContext,
  { call, canaries, product: { database, exchange } }: Scene,
  headers: Record<string, string>,
): Promise<void> {
  const added = await call('POST', '/account/api-keys', { exchange: 'Binance', kind: 'paper' }, headers);
  t.is(added.status, 201);
  const { id } = await database.knex('exchange_accounts').orderBy('created_at', 'desc').first('id');
  const { key, secret } = exchange.engine.account(id)!.keys[0]!;
  Object.assign(canaries, { 'paper API key': key, 'paper API secret': secret });
  t.is((await call('GET', '/account/balance', undefined, headers)).status, 200);
  t.is((await call('DELETE', '/account/api-keys/Binance', undefined, headers)).status, 200);
}

/** The database refuses each row in words that hold the row. */
async function failInside(
  t: ExecutionContext,
  { call, canaries, product: { database } }: Scene,
): Promise<void> {
  const { knex } = database;
  for (const table of ['users', 'sessions', 'known_devices'])
    await knex.raw('ALTER TABLE ?? ADD CONSTRAINT never CHECK (false) NOT VALID', [table]);
  const eve = { email: 'eve@example.com', password: canaries['password'] };
  t.is((await call('POST', '/auth/register', eve)).status, 500);
  for (const table of ['users', 'known_devices'])
    await knex.raw('ALTER TABLE ?? DROP CONSTRAINT never', [table]);
  t.is((await call('POST', '/auth/register', eve)).status, 201);
  t.is((await call('POST', '/auth/login', eve)).status, 500);
  await knex.raw('ALTER TABLE sessions DROP CONSTRAINT never');
}

async function until<T>(what: string, check: () => PromiseLike<T>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await check()); await sleep(50))
    if (Date.now() > deadline) throw new Error(`Waited in vain for: ${what}`);
}
