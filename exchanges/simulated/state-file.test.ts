import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { createEngine } from './engine/engine.ts';
import { TILL } from './engine/state.ts';
import type { Engine, EngineOrder } from './engine/types.ts';
import { openStateFile } from './state-file.ts';
import { accountOf, limit, market, short } from './testing/market.ts';
import { BTCUSDT } from './testing/still-exchange.ts';

/** From the sources or compiled, as this test is. */
const FORM = extname(import.meta.url);
const EXCHANGE = fileURLToPath(new URL(`./testing/acknowledging-exchange${FORM}`, import.meta.url));

test('P1: an exchange killed (-9) while it trades has lost no order it acknowledged, and made none up', async (t) => {
  const path = await statePath(t);
  const acknowledged = new Map<number, EngineOrder>();
  for (let round = 0; round < 3; round += 1) {
    const before = acknowledged.size;
    const child = fork(EXCHANGE, [path]);
    child.on('message', ({ order }: { order: EngineOrder }) => {
      if (acknowledged.has(order.orderId)) t.fail(`order id ${order.orderId} was given twice`);
      acknowledged.set(order.orderId, order);
      if (acknowledged.size === before + 40 + 17 * round) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const { engine } = await reopen(t, path);
    for (const { accountId, orderId, quantity, price } of acknowledged.values()) {
      t.like(engine.order(accountId, 'BTCUSDT', { orderId }), { quantity, price });
    }
    t.is(sumOf(engine, 'BTC'), 2_000);
    t.is(sumOf(engine, 'USDT'), 200_000);
    const tradeIds = engine.fills('taker', 'BTCUSDT').map(({ tradeId }) => tradeId);
    t.is(new Set(tradeIds).size, tradeIds.length);
  }
});

test('a restart finds balances, orders, fills, client ids and keys as they were', async (t) => {
  const path = await statePath(t);
  const engine = createEngine({ clock: () => Date.UTC(2026, 0, 5) });
  const state = await openStateFile(path, engine);
  const key = {
    key: 'k',
    secret: 's',
    permissions: { read: true, trade: true, withdraw: false },
    ips: ['::1'],
  };
  engine.addSymbol(BTCUSDT, '100');
  engine.openAccount(accountOf('maker'));
  engine.openAccount(accountOf({ id: 'taker', keys: [key], takerFee: '0.001' }));
  engine.submit('maker', limit('SELL', '2', '101'));
  engine.submit('taker', market('BUY', '0.5'));
  engine.submit('taker', limit('SELL', '1', '0', { type: 'STOP_LOSS', stopPrice: '90', price: null }));
  await state.durable();
  const restored = await reopen(t, path);
  const again = restored.engine;
  t.deepEqual(again.balances('maker'), engine.balances('maker'));
  t.deepEqual(again.balances('taker'), engine.balances('taker'));
  t.deepEqual(again.balances(TILL), engine.balances(TILL));
  t.deepEqual(again.allOrders('taker', 'BTCUSDT'), engine.allOrders('taker', 'BTCUSDT'));
  t.deepEqual(again.fills('maker', 'BTCUSDT'), engine.fills('maker', 'BTCUSDT'));
  t.deepEqual(again.depth('BTCUSDT', 5).asks, engine.depth('BTCUSDT', 5).asks);
  t.is(again.lastPrice('BTCUSDT'), '101.00000000');
  t.deepEqual(again.accountByKey('k'), { account: engine.account('taker'), key });
  const next = again.submit('taker', market('BUY', '0.5'));
  t.true(next.order.orderId > 3);
  t.true((next.fills[0]?.tradeId ?? 0) > 1);
  await state.close();
});

test('an account that was closed is gone after a restart, and what it held is there', async (t) => {
  const path = await statePath(t);
  const engine = createEngine({ clock: Date.now });
  const state = await openStateFile(path, engine);
  t.teardown(() => state.close());
  engine.addSymbol(BTCUSDT, '100');
  engine.openAccount(accountOf('maker'));
  engine.openAccount(accountOf({ id: 'taker', takerFee: '0.001' }));
  engine.submit('maker', limit('SELL', '2', '101'));
  engine.submit('taker', market('BUY', '0.5'));
  engine.submit('maker', limit('BUY', '1', '90'));
  engine.closeAccount('maker');
  await state.durable();
  const { engine: again, close } = await reopen(t, path);
  const depth = again.depth('BTCUSDT', 5);
  t.deepEqual([again.account('maker'), depth.asks, depth.bids], [null, [], []]);
  t.deepEqual(again.balances(TILL), engine.balances(TILL));
  t.is(short(again.balances(TILL).find(({ asset }) => asset === 'USDT')?.free ?? ''), '10050.5');
  await close();
  // What is written anew does not hold it either.
  t.false((await readFile(path, 'utf8')).includes('"accountId":"maker"'));
});

test('nobody but its owner reads the file: secrets are in it', async (t) => {
  const path = await statePath(t);
  const { close } = await reopen(t, path);
  t.is((await stat(path)).mode & 0o777, 0o600);
  await close();
  t.is((await stat(path)).mode & 0o777, 0o600);
});

test('a line that a crash cut short is left out; a damaged file is refused by name', async (t) => {
  const path = await statePath(t);
  const { engine, close } = await reopen(t, path);
  engine.addSymbol(BTCUSDT, '100');
  engine.openAccount(accountOf('maker'));
  await close();
  await appendFile(path, '[{"kind":"balance","accountId":"maker","asset":"BTC","to');
  const torn = await reopen(t, path);
  t.is(short(torn.engine.balances('maker')[0]?.free ?? ''), '10');
  await torn.close();
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('{"kind":"account"', '{"kind":acc'));
  await t.throwsAsync(reopen(t, path), { message: /state\.jsonl, line 2: the state is damaged/ });
  await writeFile(path, 'something else\n');
  await t.throwsAsync(reopen(t, path), { message: /is not the state of a simulated exchange/ });
});

test('a file that has grown is written anew and keeps what is true', async (t) => {
  const path = await statePath(t);
  const fresh = createEngine({ clock: Date.now });
  const state = await openStateFile(path, fresh);
  t.teardown(() => state.close());
  fresh.addSymbol(BTCUSDT, '100');
  fresh.openAccount(accountOf('maker'));
  const lengths: number[] = [];
  for (let n = 0; n < 18; n += 1) {
    for (let each = 0; each < 2_000; each += 1) {
      const { order } = fresh.submit('maker', limit('BUY', '0.1', '90'));
      fresh.cancel('maker', 'BTCUSDT', { orderId: order.orderId });
    }
    await state.durable();
    lengths.push((await readFile(path)).length);
  }
  t.true(lengths.some((length, n) => length < (lengths[n - 1] ?? 0)));
  const last = fresh.allOrders('maker', 'BTCUSDT').at(-1);
  const again = await reopen(t, path);
  t.deepEqual(again.engine.allOrders('maker', 'BTCUSDT').at(-1), last);
  t.deepEqual(again.engine.balances('maker'), fresh.balances('maker'));
});

test('a file written before orders said since when they work, or what was prevented, is read', async (t) => {
  const path = await statePath(t);
  const { engine, close } = await reopen(t, path);
  engine.addSymbol(BTCUSDT, '100');
  engine.openAccount(accountOf('maker'));
  const { order } = engine.submit('maker', limit('BUY', '0.1', '90'));
  await close();
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/"workingSince":\d+,"prevention":null,/, ''));
  const again = await reopen(t, path);
  t.deepEqual(again.engine.openOrders('maker', null), [order]);
});

test('what cannot be written is never called durable', async (t) => {
  const path = await statePath(t);
  const engine = createEngine({ clock: Date.now });
  const state = await openStateFile(path, engine);
  await rm(dirname(path), { recursive: true });
  await t.throwsAsync(state.close(), { code: 'ENOENT' });
});

async function statePath(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-state-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'state.jsonl');
}

async function reopen(
  t: ExecutionContext,
  path: string,
): Promise<{ engine: Engine; close: () => Promise<void> }> {
  const engine = createEngine({ clock: Date.now });
  const state = await openStateFile(path, engine);
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await state.close();
    open = false;
  };
  t.teardown(close);
  return { engine, close };
}

function sumOf(engine: Engine, asset: string): number {
  return ['maker', 'taker', TILL]
    .flatMap((account) => engine.balances(account))
    .filter((balance) => balance.asset === asset)
    .reduce((sum, { free, locked }) => sum + Number(free) + Number(locked), 0);
}
