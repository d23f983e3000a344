import { randomUUID } from 'node:crypto';
import test from 'ava';
import { startApi } from '../../testing/start-api.ts';
import { bearer, signedIn } from '../../testing/identity.ts';
import { EXAMPLE, post, type BotBody } from '../../testing/example.ts';
import type { Call } from '../../testing/start-api.ts';

const SIGN_IN = { authRequired: true, maxBots: 2 };

/** Sends as somebody who is signed in. */
function as({ headers }: { headers: Record<string, string> }, call: Call): Call {
  return (method, path, body) => call(method, path, body, headers);
}

test('scalper-bot 55: without a token 401, with a bad one "Invalid credentials"', async (t) => {
  const { call, ownerId, knex } = await startApi(t, SIGN_IN);
  const [bot] = await knex('bots')
    .insert({ ...EXAMPLE, user_id: ownerId })
    .returning('id');
  for (const path of [
    'bots/',
    `bots/${bot.id}`,
    'bots/statistics/summary',
    'logs/',
    'logs/count',
    'trades/',
  ]) {
    const none = await call('GET', `/api/v1/${path}`);
    t.is(none.status, 401, path);
    t.is(none.headers.get('WWW-Authenticate'), 'Bearer');
    t.regex(String(none.body['detail']), /Sign in/);
    for (const token of ['rubbish', 'eyJhbGciOiJub25lIn0.e30.']) {
      const bad = await call('GET', `/api/v1/${path}`, undefined, bearer(token));
      t.is(bad.status, 401, path);
      t.deepEqual(bad.body, { detail: 'Invalid credentials' });
    }
  }
  t.is((await call('POST', '/api/v1/bots/', EXAMPLE)).status, 401);
  t.is((await call('GET', '/api/v1/strategies/')).status, 200);
  t.is((await call('GET', '/health')).status, 200);
});

test("scalper-bot 55: a good token opens one's own bots, logs and trades, and nobody else's", async (t) => {
  const { call, knex, ownerId, bots } = await startApi(t, SIGN_IN);
  const [ada, bob] = [await signedIn(call, 'ada@example.com'), await signedIn(call, 'bob@example.com')];
  const [asAda, asBob] = [as(ada, call), as(bob, call)];
  // What is nobody's, and what was made while sign-in was off, is not theirs either.
  await knex('bots').insert([
    { ...EXAMPLE, user_id: null },
    { ...EXAMPLE, user_id: ownerId },
  ]);
  const { id } = (await post(asAda)).body;
  t.like(bots.commands[0]?.bot, { botId: id, ownerId: ada.id });
  const trade = { bot_id: id, symbol: 'BTC/USDT', side: 'BUY', exchange: 'Binance' };
  await knex('trades').insert({ ...trade, quantity: '0.01', price: '45000.5' });

  const listOf = async (by: Call, path: string) => (await by<BotBody[]>('GET', `/api/v1/${path}`)).body;
  t.deepEqual(
    (await listOf(asAda, 'bots/')).map((bot) => bot.id),
    [id],
  );
  t.is((await listOf(asAda, 'trades/')).length, 1);
  t.is((await listOf(asAda, `bots/${id}/trades`)).length, 1);
  t.is((await listOf(asAda, 'logs/')).length, 1);
  for (const path of ['bots/', 'trades/', 'logs/']) t.deepEqual(await listOf(asBob, path), [], path);
  const { body: numbers } = await asBob('GET', '/api/v1/bots/statistics/summary');
  t.like(numbers, { total_bots: 0, total_trades: 0 });

  const foreign = await asBob('POST', '/api/v1/logs/', { bot_id: id, level: 'INFO', message: 'mine now' });
  const unknown = await asBob('POST', '/api/v1/logs/', { bot_id: randomUUID(), level: 'INFO', message: 'x' });
  t.is(foreign.status, 404);
  t.deepEqual(foreign.body, unknown.body);
  t.deepEqual((await asBob('POST', '/api/v1/bots/stop-all')).body, { message: 'Stopped 0 bots', count: 0 });
  t.like((await asBob('DELETE', '/api/v1/logs/')).body, { count: 0 });
  t.is((await asAda<BotBody>('GET', `/api/v1/bots/${id}`)).body.status, 'ACTIVE');
  t.is((await listOf(asAda, 'logs/')).length, 1);
});

test('Each user has room for their own bots, which trade with their own accounts', async (t) => {
  const { call, knex } = await startApi(t, SIGN_IN);
  const users = [await signedIn(call, 'ada@example.com'), await signedIn(call, 'bob@example.com')] as const;
  const account = { exchange: 'Binance', label: 'Mine', api_key_last4: 'abcd', sealed_key_id: 'k' };
  const [{ id }] = await knex('exchange_accounts')
    .insert({ ...account, user_id: users[0].id, kind: 'paper', sealed: Buffer.from('x') })
    .returning('id');
  for (const user of users) {
    const by = as(user, call);
    t.deepEqual([(await post(by)).status, (await post(by)).status, (await post(by)).status], [201, 201, 400]);
  }
  const accounts = await knex('bots').distinct('user_id', 'exchange_account_id');
  t.deepEqual(Object.fromEntries(accounts.map((row) => [row.user_id, row.exchange_account_id])), {
    [users[0].id]: id,
    [users[1].id]: null,
  });
});

test("Without sign-in everything is the default owner's, whatever token is sent", async (t) => {
  const { call, knex, ownerId } = await startApi(t);
  const { id } = (await post((method, path, body) => call(method, path, body, bearer('rubbish')))).body;
  t.like(await knex('bots').where({ id }).first(), { user_id: ownerId });
  const ada = await signedIn(call, 'ada@example.com');
  t.is((await call<BotBody[]>('GET', '/api/v1/bots/', undefined, ada.headers)).body.length, 1);
});
