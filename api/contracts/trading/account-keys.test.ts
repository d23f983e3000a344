import test, { type ExecutionContext } from 'ava';
import { pino } from 'pino';
import { addKeys, changeKeys, removeKeys } from '../../commands/exchange-keys.ts';
import { ExchangeAccount } from '../../../db/models/exchange-account.ts';
import { startExchangeAccounts } from '../../../runtime/testing/exchange-accounts.ts';
import { PING_PONG } from '../../../runtime/testing/rows.ts';
import { shared } from '../../../runtime/testing/shared.ts';
import type { InvalidBody } from '../../testing/example.ts';
import { unavailable } from '../../errors.ts';
import { signedIn } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

interface KeysBody {
  exchange: string;
  kind: string;
  api_key_last4: string;
  warnings: { code: string; message: string }[];
  created_at: string;
  updated_at: string;
}

const running = shared(async (t) => {
  const port = await startExchangeAccounts(t as ExecutionContext);
  return { ...port, ...(await startApi(t, {}, { accounts: port.accounts })) };
});

const SILENT = pino({ level: 'silent' });
const PAPER = { exchange: 'Binance', kind: 'paper' };

async function setUp(t: ExecutionContext, name: string) {
  const api = await running(t);
  const { headers, id } = await signedIn(api.call, `${name}@example.com`);
  const call = <T = KeysBody & InvalidBody>(method: string, path = '', body?: unknown) =>
    api.call<T>(method, `/account/api-keys${path}`, body, headers);
  const rowOf = () => ExchangeAccount.query(api.knex).findOne({ user_id: id }).throwIfNotFound();
  return { ...api, id, headers, keys: call, rowOf };
}

test('trading-api 22: no key, secret or passphrase is readable in the row; the vault gives them back, for this row alone', async (t) => {
  const { keys, openAccount, vault, rowOf, lines } = await setUp(t, 'sealed');
  const sent = { ...openAccount('sealed'), passphrase: 'sealed passphrase' };
  const { status, text } = await keys('POST', '', { ...PAPER, ...sent });
  t.is(status, 201);
  const { id: accountId, user_id: userId, exchange, kind, sealed, ...rest } = await rowOf();
  const row = { accountId, userId, exchange, kind };
  t.deepEqual(vault.open(sealed, row), {
    ...{ apiKey: sent.api_key, secret: sent.api_secret, passphrase: sent.passphrase },
  });
  const seen = [sealed.toString('latin1'), JSON.stringify(rest), text, JSON.stringify(lines)];
  for (const value of Object.values(sent))
    for (const form of [value, Buffer.from(value).toString('hex'), Buffer.from(value).toString('base64')])
      t.false(seen.some((where) => where.includes(form)));
  const changed = Buffer.from(sealed);
  changed[sealed.length - 20]! ^= 1;
  t.throws(() => vault.open(changed, row), { message: /changed or belong to another account/ });
  t.throws(() => vault.open(sealed, { ...row, userId: accountId }), { message: /belong to another/ });
});

test('trading-api 23: keys are shown masked, with what was found about them, to their owner alone', async (t) => {
  const { keys, openAccount, call } = await setUp(t, 'masked');
  const sent = openAccount('masked');
  const { body } = await keys('POST', '', { ...PAPER, ...sent, exchange: ' binance ' });
  const { created_at, updated_at, warnings, ...shown } = body;
  t.deepEqual(shown as object, { ...PAPER, api_key_last4: sent.api_key.slice(-4) });
  t.is(created_at.slice(0, 4), updated_at.slice(0, 4));
  t.deepEqual(
    warnings.map(({ code }) => code),
    ['no_ip_binding'],
  );
  t.regex(warnings[0]!.message, /bind it to the addresses/);
  t.deepEqual((await keys<KeysBody[]>('GET')).body, [body]);
  const { headers: others } = await signedIn(call, 'not-masked@example.com');
  t.deepEqual((await call<KeysBody[]>('GET', '/account/api-keys', undefined, others)).body, []);
  for (const method of ['PUT', 'DELETE']) {
    const stranger = await call(method, '/account/api-keys/Binance', sent, others);
    t.is(stranger.status, 404);
    t.deepEqual(stranger.body, (await call(method, '/account/api-keys/Nowhere', sent, others)).body);
  }
});

test('keys bound to addresses carry no warning, keys that cannot trade do', async (t) => {
  const { keys, openAccount } = await setUp(t, 'bound');
  const permissions = { read: true, trade: false, withdraw: false };
  const { body } = await keys('POST', '', {
    ...PAPER,
    ...openAccount('bound', { permissions, ips: ['127.0.0.1'] }),
  });
  t.deepEqual(
    body.warnings.map(({ code }) => code),
    ['no_trading'],
  );
});

test('keys that may withdraw, and keys that the exchange does not know, are refused by name and not stored', async (t) => {
  const { keys, openAccount } = await setUp(t, 'refused');
  const known = openAccount('refused');
  const withdraws = openAccount('withdraws', { permissions: { read: true, trade: true, withdraw: true } });
  for (const [sent, detail] of [
    [withdraws, /may withdraw/],
    [{ ...known, api_key: 'unknown-key-0123' }, /does not take these keys/],
    [{ ...known, api_secret: 'another-secret' }, /does not take these keys/],
  ] as const) {
    const { status, body, text } = await keys('POST', '', { ...PAPER, ...sent });
    t.is(status, 400);
    t.regex(body.detail, detail);
    t.is(body.errors[0]?.field, 'api_key');
    for (const value of Object.values(sent)) t.false(text.includes(value));
  }
  t.deepEqual((await keys<KeysBody[]>('GET')).body, []);
});

test('an exchange that cannot be served is refused, with those that can; Bitget asks for its passphrase', async (t) => {
  const { keys } = await setUp(t, 'unserved');
  const sent = { api_key: 'some-key-0123', api_secret: 'some-secret-0123' };
  const errorsOf = async (changes: object) => {
    const { status, body } = await keys('POST', '', { ...sent, ...changes });
    return { status, errors: body.errors };
  };
  for (const changes of [{ exchange: 'bitget' }, { exchange: 'Bitget', passphrase: '' }])
    t.like(await errorsOf(changes), { status: 400, errors: [{ field: 'passphrase' }] });
  const message = 'Keys of Bitget cannot be used here. Choose one of: Binance';
  const bitget = await errorsOf({ exchange: 'Bitget', passphrase: 'words of it' });
  t.deepEqual(bitget, { status: 400, errors: [{ field: 'exchange', message }] });
  t.like(await errorsOf({ exchange: 'Binance', api_key: 'short' }), {
    status: 400,
    errors: [{ field: 'api_key' }],
  });
  t.like(await errorsOf({ exchange: 'Binance', api_key: 'line\nbreak-0123' }), { status: 400 });
  t.is((await errorsOf({})).status, 422);
  t.is((await errorsOf({ exchange: 'Binance', kind: 'fund' })).status, 422);
});

test('a user has one set of keys an exchange, also of ten sent at once', async (t) => {
  const { keys, openAccount, knex, id } = await setUp(t, 'one');
  const sent = openAccount('one');
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => keys('POST', '', { ...PAPER, ...sent })),
  );
  const count = (of: number) => answers.filter(({ status }) => status === of).length;
  t.deepEqual([count(201), count(409)], [1, 9]);
  t.is(await ExchangeAccount.query(knex).where({ user_id: id }).resultSize(), 1);
  t.regex(answers.find(({ status }) => status === 409)!.body.detail, /PUT \/account\/api-keys\/Binance/);
});

test('newer keys take the place of the stored ones once they are checked', async (t) => {
  const { keys, openAccount, rowOf, vault } = await setUp(t, 'newer');
  t.is((await keys('PUT', '/Binance', openAccount('newer-0'))).status, 404);
  await keys('POST', '', { ...PAPER, ...openAccount('newer-1') });
  const before = await rowOf();
  const withdraws = openAccount('newer-w', { permissions: { read: true, trade: true, withdraw: true } });
  t.is((await keys('PUT', '/Binance', withdraws)).status, 400);
  t.deepEqual(await rowOf(), before);

  const { status, body } = await keys('PUT', '/binance', openAccount('newer-2', { ips: ['127.0.0.1'] }));
  t.is(status, 200);
  t.deepEqual(body.warnings, []);
  const { id, user_id: userId, exchange, kind, sealed, created_at, updated_at } = await rowOf();
  t.deepEqual([id, created_at], [before.id, before.created_at]);
  t.true(updated_at > before.updated_at);
  const opened = vault.open(sealed, { accountId: id, userId, exchange, kind });
  t.deepEqual(opened, { apiKey: 'newer-2-key-0123456789', secret: 'newer-2-secret-0123456789' });
});

test('Who sends no keys is opened a paper account, with which their bots trade', async (t) => {
  const { keys, call, headers, rowOf, vault, exchange } = await setUp(t, 'play');
  for (const [incomplete, needed] of [
    [{ exchange: 'Binance' }, ['api_key', 'api_secret']],
    [{ ...PAPER, api_key: 'play-key-0123456789' }, ['api_secret']],
  ] as const) {
    const refused = await keys('POST', '', incomplete);
    t.is(refused.status, 422);
    t.deepEqual(
      refused.body.errors.map(({ field }) => field),
      [...needed],
    );
    for (const { message } of refused.body.errors) t.regex(message, /send "kind": "paper"/);
  }
  const none = await call('GET', '/account/balance', undefined, headers);
  t.regex(none.text, /POST \/account\/api-keys.*paper/);
  const { status, body, text } = await keys('POST', '', PAPER);
  t.is(status, 201, text);
  t.like(body, { ...PAPER, warnings: [] });
  const { id: accountId, user_id: userId, exchange: name, kind, sealed } = await rowOf();
  const { apiKey } = vault.open(sealed, { accountId, userId, exchange: name, kind });
  t.is(exchange.engine.accountByKey(apiKey)?.account.id, accountId);
  t.false(text.includes(apiKey));
  const balance = await call('GET', '/account/balance', undefined, headers);
  t.like(balance.body, { exchange: 'Binance', currency: 'USDT', free: 100_000 });
  t.is((await keys('POST', '', PAPER)).status, 409);
});

test('Of what has been answered 503 no keys are stored, replaced or forgotten', async (t) => {
  const { keys, openAccount, knex, accounts, id, rowOf } = await setUp(t, 'abandoned');
  const [first, second] = ['abandoned-1', 'abandoned-2'].map((name) => {
    const { api_key: apiKey, api_secret: secret } = openAccount(name);
    return { apiKey, secret };
  });
  const signal = AbortSignal.abort(unavailable());
  const abandoned = { knex, accounts, caller: { userId: id }, address: '', signal, log: SILENT };
  const isRefused = (work: Promise<unknown>) => t.throwsAsync(work, { message: /not available right now/ });
  await isRefused(addKeys({ exchange: 'Binance', kind: 'paper', keys: first! }, abandoned));
  t.is(await ExchangeAccount.query(knex).where({ user_id: id }).resultSize(), 0);
  await keys('POST', '', { ...PAPER, ...openAccount('abandoned-3') });
  const before = await rowOf();
  await isRefused(changeKeys({ exchange: 'Binance', ...second! }, abandoned));
  await isRefused(removeKeys('Binance', abandoned));
  t.deepEqual(await rowOf(), before);
});

test('keys stay while a bot that runs trades with them, and go when it is stopped', async (t) => {
  const { keys, openAccount, knex, id, rowOf } = await setUp(t, 'used');
  await keys('POST', '', { ...PAPER, ...openAccount('used') });
  const { id: account } = await rowOf();
  const bot = { ...PING_PONG, user_id: id, exchange_account_id: account };
  const [{ id: botId }] = await knex('bots').insert(bot).returning('id');
  for (const state of [{ status: 'ACTIVE' }, { status: 'PAUSED' }, { status: 'STOPPED', finishing: true }]) {
    await knex('bots').where({ id: botId }).update(state);
    const { status, body } = await keys('DELETE', '/Binance');
    t.is(status, 409);
    t.regex(body.detail, /Stop your bots/);
  }
  await knex('bots').where({ id: botId }).update({ status: 'STOPPED', finishing: false });
  t.deepEqual((await keys('DELETE', '/Binance')).body as object, { message: 'Keys deleted' });
  t.deepEqual((await keys<KeysBody[]>('GET')).body, []);
  t.is((await keys('DELETE', '/Binance')).status, 404);
});

test('keys stay while an order of theirs may be on the exchange, whatever has become of its bot', async (t) => {
  const { keys, openAccount, knex, id, rowOf } = await setUp(t, 'left');
  await keys('POST', '', { ...PAPER, ...openAccount('left') });
  const { id: exchange_account_id } = await rowOf();
  const bot = { ...PING_PONG, user_id: id, exchange_account_id, status: 'ERROR' };
  const [{ id: bot_id }] = await knex('bots').insert(bot).returning('id');
  const facts = { client_order_id: 'left-1', bot_id, exchange_account_id, cycle: 1, leg: 'entry' };
  const row = { ...facts, symbol: 'BTC/USDT', side: 'BUY', type: 'LIMIT', quantity: '1', price: '45000' };
  for (const [table, live, more] of [
    ['orders', ['OPEN', 'SENDING', 'UNKNOWN'], {}],
    ['order_intents', ['SENDING', 'UNKNOWN'], { sequence: 1, send_before: new Date() }],
  ] as const) {
    await knex(table).insert({ ...row, ...more, status: live[0] });
    for (const status of live) {
      await knex(table).where({ bot_id }).update({ status });
      t.is((await keys('DELETE', '/Binance')).status, 409, `${table} ${status}`);
    }
    await knex(table).where({ bot_id }).update({ status: 'ABSENT' });
  }
  t.is((await keys('DELETE', '/Binance')).status, 200);
});

test('keys that the installation made are not shown, and not in the way', async (t) => {
  const { keys, openAccount, knex, id } = await setUp(t, 'demo');
  const made = { user_id: id, exchange: 'Binance', label: 'Paper', kind: 'paper', api_key_last4: 'demo' };
  await knex('exchange_accounts').insert({ ...made, sealed: Buffer.alloc(1), sealed_key_id: 'k' });
  t.deepEqual((await keys<KeysBody[]>('GET')).body, []);
  t.is((await keys('DELETE', '/Binance')).status, 404);
  t.is((await keys('POST', '', { ...PAPER, ...openAccount('demo') })).status, 201);
});

test('trading-api 71: keys that are stored, replaced and forgotten are in the audit log, by their last characters alone', async (t) => {
  const { keys, openAccount, id, knex } = await setUp(t, 'audited');
  const [first, second] = [openAccount('audited-1'), openAccount('audited-2')];
  const { status, text } = await keys('POST', '', { ...PAPER, ...first });
  t.is(status, 201, text);
  await keys('PUT', '/Binance', second);
  await keys('DELETE', '/Binance');
  const entries = await knex('audit_logs').where({ user_id: id }).whereLike('action', 'keys.%').orderBy('id');
  t.deepEqual(
    entries.map(({ action, details }) => [action, details.last4]),
    [
      ['keys.add', first.api_key.slice(-4)],
      ['keys.replace', second.api_key.slice(-4)],
      ['keys.delete', second.api_key.slice(-4)],
    ],
  );
  for (const secret of [first, second].flatMap((one) => Object.values(one)))
    t.false(JSON.stringify(entries).includes(secret));
});
