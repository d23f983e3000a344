import { randomUUID } from 'node:crypto';
import test from 'ava';
import { post, type BotBody } from '../../testing/example.ts';
import { signedIn } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

async function withOperator(t: Parameters<typeof startApi>[0]) {
  const api = await startApi(t, { authRequired: true });
  const { call, knex } = api;
  const [user, operator] = [await signedIn(call, 'ada@example.com'), await signedIn(call, 'ops@example.com')];
  await knex('users').where({ id: operator.id }).update({ role: 'ops' });
  const asUser: typeof call = (method, path, body) => call(method, path, body, user.headers);
  const asOperator: typeof call = (method, path, body) => call(method, path, body, operator.headers);
  return { ...api, user, operator, asUser, asOperator };
}

test("Operators see how everybody's bots are, without anything personal", async (t) => {
  const { user, asUser, asOperator } = await withOperator(t);
  const { id, created_at } = (await post(asUser)).body;
  await asUser('POST', `/api/v1/bots/${(await post(asUser)).body.id}/stop`);
  const { status, body } = await asOperator<object[]>('GET', '/api/v1/ops/bots/?status=ACTIVE');
  t.is(status, 200);
  t.is(body.length, 1);
  const { updated_at, ...seen } = body[0] as { updated_at: string };
  t.is(typeof updated_at, 'string');
  t.deepEqual(seen as object, {
    ...{ id, owner_id: user.id, strategy: 'ping-pong', ticker: 'BTC/USDT', exchange: 'Binance' },
    ...{ status: 'ACTIVE', finishing: false, created_at },
  });
  t.is((await asOperator<object[]>('GET', '/api/v1/ops/bots?skip=1&limit=5')).body.length, 1);
});

test("Operators pause and stop anybody's bot, and its owner reads that they did", async (t) => {
  const { bots, user, asUser, asOperator } = await withOperator(t);
  const { id } = (await post(asUser)).body;
  for (const [name, status] of Object.entries({ pause: 'PAUSED', stop: 'STOPPED' })) {
    const { body } = await asOperator<BotBody>('POST', `/api/v1/ops/bots/${id}/${name}`);
    t.is(body.status, status as BotBody['status']);
    t.is((await asUser<BotBody>('GET', `/api/v1/bots/${id}`)).body.status, status as BotBody['status']);
    // A repeat changes nothing and tells nobody.
    t.is((await asOperator('POST', `/api/v1/ops/bots/${id}/${name}`)).status, 200);
  }
  t.like(bots.commandsTo(id).at(-1), { name: 'stop', mode: 'keep' });
  t.is(bots.commands.at(-1)?.bot.ownerId, user.id);
  const { body: logs } = await asUser<{ level: string; message: string }[]>('GET', '/api/v1/logs/');
  t.deepEqual(
    logs.filter(({ level }) => level === 'WARNING').map(({ message }) => message),
    ['stopped', 'paused'].map((done) => `An operator ${done} the bot for BTC/USDT on Binance`),
  );
  const unknown = await asOperator('POST', `/api/v1/ops/bots/${randomUUID()}/pause`);
  t.is(unknown.status, 404);
  t.deepEqual(unknown.body, { detail: 'Bot not found' });
  t.is((await asOperator('POST', `/api/v1/ops/bots/${id}/pause`)).status, 409);
});

test("Operators change, delete and read nothing of another's bot, and let none trade", async (t) => {
  const { asUser, asOperator } = await withOperator(t);
  const { id } = (await post(asUser)).body;
  for (const [method, path, body] of [
    ['GET', `bots/${id}`],
    ['GET', `bots/${id}/why`],
    ['GET', `bots/${id}/trades`],
    ['PUT', `bots/${id}`, { quantity: 0.02 }],
    ['DELETE', `bots/${id}`],
    ['POST', `bots/${id}/start`],
    ['POST', `bots/${id}/resume`],
    ['POST', `ops/bots/${id}/resume`],
    ['POST', `ops/bots/${id}/start`],
    ['PUT', `ops/bots/${id}`, {}],
    ['DELETE', `ops/bots/${id}`],
  ] as const)
    t.is((await asOperator(method, `/api/v1/${path}`, body)).status, 404, `${method} ${path}`);
  for (const path of ['bots/', 'logs/', 'trades/'])
    t.deepEqual((await asOperator<object[]>('GET', `/api/v1/${path}`)).body, [], path);
  t.is((await asOperator('GET', '/auth/users')).status, 403);
});
