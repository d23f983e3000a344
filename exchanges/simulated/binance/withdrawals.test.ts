import test from 'ava';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callSigned } from '../testing/caller.ts';
import { FUND, OUTSIDE_ADDRESS, startFundExchange } from '../testing/fund-exchange.ts';
import { balance } from '../testing/market.ts';
import type { StillExchange } from '../testing/still-exchange.ts';
import { depositAddress } from '../wallet/addresses.ts';

test('a withdrawal is taken, sent, confirmed; the payee bears the fee', async (t) => {
  const exchange = await startFundExchange(t);
  const { control, engine } = exchange;
  const { id } = (await apply(exchange, { withdrawOrderId: 'w1' })).body as { id: string };
  t.regex(id, /^[0-9a-f]{32}$/);
  t.is(balance(engine, 'fund', 'USDC').free, '900');
  t.like(await row(exchange, 'w1'), {
    ...{ id, withdrawOrderId: 'w1', amount: '98', transactionFee: '2', coin: 'USDC', status: 4, txId: '' },
    ...{ network: 'ETH', address: OUTSIDE_ADDRESS.ETH, confirmNo: 0, transferType: 0 },
  });
  t.regex(String((await row(exchange, 'w1'))['applyTime']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  t.is(await withdrawing(exchange), '100');
  control.chain.mine('ETH', 1);
  t.like(await row(exchange, 'w1'), { status: 4, confirmNo: 0 });
  t.regex(String((await row(exchange, 'w1'))['txId']), /^0x[0-9a-f]{64}$/);
  control.chain.mine('ETH', 6);
  t.like(await row(exchange, 'w1'), { status: 6, confirmNo: 6, info: '' });
  t.is(balance(engine, 'fund', 'USDC').free, '900');
  t.is(balance(engine, 'house:fees', 'USDC').free, '2');
  t.is(await withdrawing(exchange), '0');
  t.throws(() => control.chain.fail('w1', 'cancelled', ''));
});

test('an id for a withdrawal is good once', async (t) => {
  const exchange = await startFundExchange(t);
  t.is((await apply(exchange, { withdrawOrderId: 'w1' })).status, 200);
  t.like((await apply(exchange, { withdrawOrderId: 'w1' })).body, { code: -4115 });
  t.is((await apply(exchange, {})).status, 200);
  t.is((await apply(exchange, {})).status, 200, 'without an id nothing is compared');
  t.is(balance(exchange.engine, 'fund', 'USDC').free, '700');
});

test('what cannot be withdrawn is refused in Binance’s words, and nothing is taken', async (t) => {
  const exchange = await startFundExchange(t);
  for (const [changes, code] of [
    [{ coin: 'DOGE' }, -4018],
    [{ network: 'XRP' }, -4019],
    [{ coin: 'BNB', network: 'ETH' }, -4019],
    [{ address: OUTSIDE_ADDRESS.TRX }, -4007],
    [{ address: OUTSIDE_ADDRESS.ETH.replace('5aA', '5Aa') }, -4007],
    [{ addressTag: '123' }, -4008],
    [{ amount: '100.0000001' }, -4021],
    [{ amount: '2' }, -4028],
    [{ amount: '9.999999' }, -4022],
    [{ amount: '1000.000001' }, -4026],
    [{ amount: '-5' }, -1100],
  ] as const)
    t.like((await apply(exchange, changes)).body, { code }, JSON.stringify(changes));
  t.is(balance(exchange.engine, 'fund', 'USDC').free, '1000');
});

test('a deposit that is credited but not final may be spent here and not withdrawn', async (t) => {
  const exchange = await startFundExchange(t);
  const { chain } = exchange.control;
  chain.send({ asset: 'USDC', network: 'ETH', address: depositAddress('evm', 'fund'), amount: '50' });
  chain.mine('ETH', 6);
  t.like((await apply(exchange, { amount: '1000.000001' })).body, { code: -4060 });
  chain.mine('ETH', 58);
  t.is((await apply(exchange, { amount: '1050' })).status, 200);
});

test('a withdrawal that is called off, turned down or refused by the chain gives all of it back', async (t) => {
  const exchange = await startFundExchange(t);
  const { chain } = exchange.control;
  for (const [as, status] of [
    ['cancelled', 1],
    ['rejected', 3],
    ['failed', 5],
  ] as const) {
    await apply(exchange, { withdrawOrderId: as });
    if (as === 'failed') {
      chain.mine('ETH', 2);
      t.throws(() => chain.fail(as, 'cancelled', ''), undefined, 'what is sent is not called off');
    }
    chain.fail(as, as, 'because');
    t.like(await row(exchange, as), { status, info: 'because' });
    t.is(balance(exchange.engine, 'fund', 'USDC').free, '1000');
    chain.mine('ETH', 10);
    t.like(await row(exchange, as), { status });
  }
});

test('what is withdrawn to an address of this exchange arrives there', async (t) => {
  const exchange = await startFundExchange(t);
  await apply(exchange, { address: depositAddress('evm', 'alice') });
  exchange.control.chain.mine('ETH', 7);
  exchange.control.chain.mine('ETH', 6);
  t.is(balance(exchange.engine, 'alice', 'USDC').free, '98');
});

test('history is asked for by id, status, coin and time', async (t) => {
  const exchange = await startFundExchange(t);
  const { id } = (await apply(exchange, { withdrawOrderId: 'w1' })).body as { id: string };
  await apply(exchange, { withdrawOrderId: 'w2', network: 'BSC', address: OUTSIDE_ADDRESS.BSC });
  const count = async (form: string) => ((await history(exchange, form)).body as object[]).length;
  for (const [form, found] of [
    ['', 2],
    ['coin=USDT', 0],
    ['status=4', 2],
    ['status=6', 0],
    [`idList=${id}`, 1],
    ['withdrawOrderId=w2', 1],
    [`startTime=${Date.now() + 1_000}&endTime=${Date.now() + 2_000}`, 0],
  ] as const)
    t.is(await count(form), found, form);
  const week = 7 * 86_400_000;
  const long = `startTime=${Date.now() - week - 60_000}&endTime=${Date.now()}`;
  t.is(await count(long), 2);
  t.like((await history(exchange, `${long}&withdrawOrderId=w1`)).body, { code: -4047 });
});

test('sub-accounts, transfers and withdrawals outlive a restart, and ids stay taken', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const stateFile = join(folder, 'state.jsonl');
  const first = await startFundExchange(t, { stateFile });
  const post = (exchange: StillExchange, path: string, form: string) =>
    callSigned(exchange.url, FUND, { method: 'POST', path: `/sapi/v1/sub-account/${path}`, form });
  const created = await post(first, 'virtualSubAccount', 'subAccountString=one');
  const { email } = created.body as { email: string };
  const form = `toEmail=${email}&asset=USDC&amount=10&clientTranId=a&fromAccountType=SPOT&toAccountType=SPOT`;
  await post(first, 'universalTransfer', form);
  await apply(first, { withdrawOrderId: 'w1' });
  first.control.chain.mine('ETH', 2);
  const before = await row(first, 'w1');
  await first.close();

  const second = await startFundExchange(t, { stateFile });
  t.deepEqual(await row(second, 'w1'), before);
  t.is(balance(second.engine, email, 'USDC').free, '10');
  t.like((await post(second, 'universalTransfer', form)).body, { code: -4115 });
  t.like((await apply(second, { withdrawOrderId: 'w1' })).body, { code: -4115 });
  second.control.chain.mine('ETH', 6);
  t.like(await row(second, 'w1'), { status: 6 });
  t.is(balance(second.engine, 'fund', 'USDC').free, '890');
});

test('an answer that is lost after a withdrawal is taken leaves one withdrawal, found by its id', async (t) => {
  const exchange = await startFundExchange(t);
  const match = { path: '/sapi/v1/capital/withdraw/apply', clientOrderIdPrefix: 'w' };
  exchange.control.addFault({ kind: 'lost_answer', match, times: 1 });
  await t.throwsAsync(apply(exchange, { withdrawOrderId: 'w1' }));
  t.like(await row(exchange, 'w1'), { status: 4 });
  t.is(exchange.control.chain.withdrawals('fund').length, 1);
  t.true(exchange.control.requests(0).some(({ clientOrderId }) => clientOrderId === 'w1'));
});

function apply({ url }: StillExchange, changes: Record<string, string>) {
  const standard = { coin: 'USDC', network: 'ETH', address: OUTSIDE_ADDRESS.ETH, amount: '100' };
  const form = new URLSearchParams({ ...standard, ...changes }).toString();
  return callSigned(url, FUND, { method: 'POST', path: '/sapi/v1/capital/withdraw/apply', form });
}

function history({ url }: StillExchange, form: string) {
  return callSigned(url, FUND, { method: 'GET', path: '/sapi/v1/capital/withdraw/history', form });
}

async function row(exchange: StillExchange, withdrawOrderId: string): Promise<Record<string, unknown>> {
  const { body } = await history(exchange, `withdrawOrderId=${withdrawOrderId}`);
  return (body as Record<string, unknown>[])[0] ?? {};
}

async function withdrawing({ url }: StillExchange): Promise<string | undefined> {
  const path = '/sapi/v1/capital/config/getall';
  const { body } = await callSigned(url, FUND, { method: 'GET', path });
  return (body as { coin: string; withdrawing: string }[]).find(({ coin }) => coin === 'USDC')?.withdrawing;
}
