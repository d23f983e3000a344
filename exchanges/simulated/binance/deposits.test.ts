import test from 'ava';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, callSigned, signed } from '../testing/caller.ts';
import { FUND, OUTSIDE_ADDRESS, startFundExchange } from '../testing/fund-exchange.ts';
import { balance } from '../testing/market.ts';
import { ALICE, CONTROL_TOKEN, type StillExchange } from '../testing/still-exchange.ts';
import { isAddress } from '../wallet/addresses.ts';
import { CHAINS } from '../wallet/networks.ts';

test('each network of USDC is told with its fee, minimum, step and confirmations', async (t) => {
  const exchange = await startFundExchange(t);
  const { body } = await get(exchange, '/sapi/v1/capital/config/getall');
  const coins = body as { coin: string; free: string; networkList: { network: string }[] }[];
  const usdc = coins.find(({ coin }) => coin === 'USDC');
  t.is(usdc?.free, '1000.00000000');
  t.deepEqual(
    usdc?.networkList.map(({ network }) => network),
    ['ETH', 'BSC', 'TRX', 'SOL'],
  );
  t.like(usdc?.networkList[0], {
    ...{ coin: 'USDC', isDefault: true, depositEnable: true, withdrawEnable: true, withdrawFee: '2' },
    ...{ withdrawMin: '10', withdrawIntegerMultiple: '0.000001', minConfirm: 6, unLockConfirm: 64 },
  });
  t.deepEqual(coins.find(({ coin }) => coin === 'BTC')?.networkList, []);
});

test('an account has an address on each network, with a good checksum', async (t) => {
  const exchange = await startFundExchange(t);
  for (const [network, { form }] of Object.entries(CHAINS)) {
    const { body } = await addressOn(exchange, network);
    t.like(body, { coin: 'USDC', tag: '' });
    t.true(isAddress(form, (body as { address: string }).address));
  }
  t.deepEqual(await addressOn(exchange, '').then(({ body }) => (body as { code: number }).code), -4019);
  t.like((await get(exchange, ADDRESS, 'coin=DOGE')).body, { code: -4018 });
});

test('a deposit is pending, then credited, then final, as its blocks come', async (t) => {
  const exchange = await startFundExchange(t);
  const { control, engine } = exchange;
  const { body } = await addressOn(exchange, 'ETH');
  const { address } = body as { address: string };
  const txId = control.chain.send({ asset: 'USDC', network: 'ETH', address, amount: '12.345678' });
  const rows = () => get(exchange, HISTORY).then((answer) => answer.body as object[]);
  t.like((await rows())[0], {
    ...{ amount: '12.345678', coin: 'USDC', network: 'ETH', status: 0, address, addressTag: '', txId },
    ...{ confirmTimes: '0/6', unlockConfirm: 64, transferType: 0, walletType: 0 },
  });
  control.chain.mine('ETH', 5);
  control.chain.mine('BSC', 50);
  t.like((await rows())[0], { status: 0, confirmTimes: '5/6' });
  t.is(balance(engine, 'fund', 'USDC').free, '1000');
  control.chain.mine('ETH', 1);
  t.like((await rows())[0], { status: 6, confirmTimes: '6/6' });
  t.is(balance(engine, 'fund', 'USDC').free, '1012.345678');
  control.chain.mine('ETH', 100);
  t.like((await rows())[0], { status: 1 });
  t.is(balance(engine, 'fund', 'USDC').free, '1012.345678');
  t.is((await rows()).length, 1);
  for (const [filter, found] of [
    ['coin=USDT', 0],
    ['status=1', 1],
    ['status=0', 0],
    [`txId=${txId}`, 1],
    [`endTime=${Date.now() - 60_000}`, 0],
    ['offset=1', 0],
  ] as const)
    t.is(((await get(exchange, HISTORY, filter)).body as object[]).length, found, filter);
  t.like((await get(exchange, HISTORY, 'startTime=1&endTime=9000000000')).body, { code: -4047 });
});

test('what the chain drops is rejected, and taken back if it was credited', async (t) => {
  const exchange = await startFundExchange(t);
  const { control, engine } = exchange;
  const { address } = (await addressOn(exchange, 'TRX')).body as { address: string };
  const payment = { asset: 'USDC', network: 'TRX', address, amount: '50' };
  const [early, late, final] = [1, 2, 3].map(() => control.chain.send(payment)) as [string, string, string];
  control.chain.reverse(early);
  control.chain.mine('TRX', 1);
  t.is(balance(engine, 'fund', 'USDC').free, '1100');
  control.chain.reverse(late);
  t.is(balance(engine, 'fund', 'USDC').free, '1050');
  control.chain.mine('TRX', 20);
  t.throws(() => control.chain.reverse(final));
  t.throws(() => control.chain.reverse(late));
  t.is(balance(engine, 'fund', 'USDC').free, '1050');
  const rows = (await get(exchange, HISTORY)).body as { txId: string; status: number }[];
  t.deepEqual(
    [early, late, final].map((txId) => rows.find((row) => row.txId === txId)?.status),
    [2, 2, 1],
  );
});

test('what is sent elsewhere, or is dust, is nobody’s deposit', async (t) => {
  const exchange = await startFundExchange(t);
  const { chain } = exchange.control;
  const { address } = (await addressOn(exchange, 'SOL')).body as { address: string };
  chain.send({ asset: 'USDC', network: 'SOL', address, amount: '0.009' });
  chain.send({ asset: 'USDC', network: 'SOL', address: OUTSIDE_ADDRESS.SOL, amount: '10' });
  chain.mine('SOL', 100);
  t.deepEqual(chain.deposits(null), []);
  t.throws(() => chain.send({ asset: 'USDC', network: 'SOL', address: OUTSIDE_ADDRESS.ETH, amount: '10' }));
});

test('blocks come by the clock, and deposits outlive a restart', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const stateFile = join(folder, 'state.jsonl');
  let now = Date.now();
  const options = { stateFile, clock: () => now, chainPace: 1 };
  const first = await startFundExchange(t, options);
  const { address } = (await addressOn(first, 'BSC', now)).body as { address: string };
  first.control.chain.send({ asset: 'USDC', network: 'BSC', address, amount: '7' });
  now += 3_000 * 5;
  await until(() => first.control.chain.deposits('fund')[0]?.confirmations === 5);
  const before = first.control.chain.deposits(null);
  await first.close();

  const second = await startFundExchange(t, options);
  t.deepEqual(second.control.chain.deposits(null), before);
  now += 3_000 * 3;
  await until(() => second.control.chain.deposits('fund')[0]?.status === 'credited');
  t.is(balance(second.engine, 'fund', 'USDC').free, '1007');
});

test('the control API sends, mines and reverses, and says what is wrong', async (t) => {
  const exchange = await startFundExchange(t);
  const { address } = (await addressOn(exchange, 'ETH')).body as { address: string };
  const ask = (method: string, path: string, body?: object) =>
    call(exchange.url, {
      ...{ method, path, headers: { authorization: `Bearer ${CONTROL_TOKEN}` } },
      ...(body === undefined ? {} : { form: JSON.stringify(body) }),
    });
  const payment = { asset: 'USDC', network: 'ETH', address, amount: '5' };
  const sent = await ask('POST', '/control/chain/send', payment);
  t.is(sent.status, 201);
  t.is((await ask('POST', '/control/chain/mine', { network: 'ETH', blocks: 6 })).status, 200);
  const { txId } = sent.body as { txId: string };
  const chain = () => ask('GET', '/control/chain').then((answer) => answer.body);
  t.like(await chain(), { deposits: [{ txId, status: 'credited', accountId: 'fund' }], withdrawals: [] });
  t.is((await ask('POST', '/control/chain/reverse', { txId })).status, 200);
  t.like(await chain(), { deposits: [{ txId, status: 'reversed' }] });
  for (const [path, body, said] of [
    ['/control/chain/reverse', { txId }, /too late/],
    ['/control/chain/reverse', { txId: 'none' }, /no such transaction/],
    ['/control/chain/send', { ...payment, asset: 'DOGE' }, /not on that network/],
    ['/control/chain/send', { ...payment, address: 'x' }, /no address/],
    ['/control/chain/send', { ...payment, amount: '0' }, /above 0/],
    ['/control/chain/mine', { network: 'XYZ', blocks: 1 }, /one of ETH/],
    ['/control/withdrawals/fail', { id: 'none', as: 'failed' }, /no such transaction/],
  ] as const) {
    const refused = await ask('POST', path, body);
    t.is(refused.status, 422, path);
    t.regex((refused.body as { error: string }).error, said);
  }
});

test('nobody but the account reads its deposits', async (t) => {
  const exchange = await startFundExchange(t);
  const { address } = (await addressOn(exchange, 'ETH')).body as { address: string };
  exchange.control.chain.send({ asset: 'USDC', network: 'ETH', address, amount: '5' });
  const alices = await callSigned(exchange.url, ALICE, { method: 'GET', path: HISTORY });
  t.deepEqual(alices.body, []);
});

const ADDRESS = '/sapi/v1/capital/deposit/address';
const HISTORY = '/sapi/v1/capital/deposit/hisrec';

function get({ url }: StillExchange, path: string, form = '') {
  return callSigned(url, FUND, { method: 'GET', path, form });
}

function addressOn({ url }: StillExchange, network: string, timestamp = Date.now()) {
  const form = signed(`coin=USDC&network=${network}`, FUND.secret, { timestamp });
  return call(url, { method: 'GET', path: ADDRESS, form, headers: { 'X-MBX-APIKEY': FUND.apiKey } });
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 10));
}
