import test from 'ava';
import { callSigned } from '../testing/caller.ts';
import { FUND, startFundExchange } from '../testing/fund-exchange.ts';
import { balance } from '../testing/market.ts';
import { accountOf, ALICE, type StillExchange } from '../testing/still-exchange.ts';
import { isAddress } from '../wallet/addresses.ts';

const READER = { apiKey: 'reader-key-0123456789', secret: 'reader-secret-0123456789' };

test('a sub-account has an email of its own, and is listed by its master only', async (t) => {
  const exchange = await startFundExchange(t);
  const emails: string[] = [];
  for (const name of ['holder1', 'holder1', 'holder2']) emails.push(await create(exchange, name));
  for (const email of emails) t.regex(email, /^holder\d_virtual@[a-z0-9]+noemail\.com$/);
  t.is(new Set(emails).size, 3, 'the same name is another account');
  const listed = (form: string) =>
    get(exchange, LIST, form).then(({ body }) =>
      (body as { subAccounts: { email: string }[] }).subAccounts.map(({ email }) => email),
    );
  t.deepEqual(await listed(''), emails);
  t.deepEqual(await listed('limit=2&page=2'), emails.slice(2));
  t.deepEqual(await listed(`email=${emails[1]}`), emails.slice(1, 2));
  t.deepEqual(await listed('isFreeze=true'), []);
  t.deepEqual((await callSigned(exchange.url, ALICE, { method: 'GET', path: LIST })).body, {
    subAccounts: [],
  });
  t.like((await post(exchange, CREATE, 'subAccountString=not%20one')).body, { code: -1130 });
});

test('a sub-account has its own address, deposits and balances', async (t) => {
  const exchange = await startFundExchange(t);
  const [one, two] = [await create(exchange, 'one'), await create(exchange, 'two')];
  const addressOf = (email: string, network: string) =>
    get(exchange, SUB_ADDRESS, `email=${email}&coin=USDC&network=${network}`).then(
      ({ body }) => (body as { address: string }).address,
    );
  const address = await addressOf(one, 'TRX');
  t.true(isAddress('tron', address));
  t.not(address, await addressOf(two, 'TRX'));
  t.is(await addressOf(one, 'ETH'), await addressOf(one, 'BSC'));
  exchange.control.chain.send({ asset: 'USDC', network: 'TRX', address, amount: '25.5' });
  exchange.control.chain.mine('TRX', 1);
  t.like((await get(exchange, SUB_HISTORY, `email=${one}`)).body, [{ amount: '25.5', status: 6 }]);
  t.deepEqual((await get(exchange, SUB_HISTORY, `email=${two}`)).body, []);
  t.deepEqual((await get(exchange, '/sapi/v4/sub-account/assets', `email=${one}`)).body, {
    balances: [{ freeze: '0', withdrawing: '0', asset: 'USDC', free: '25.50000000', locked: '0.00000000' }],
  });
  t.like((await get(exchange, '/sapi/v3/sub-account/assets', `email=${one}`)).body, {
    balances: [{ asset: 'USDC', free: 25.5 }],
  });
  for (const path of [SUB_ADDRESS, SUB_HISTORY, '/sapi/v4/sub-account/assets']) {
    const form = `email=${one}${path === SUB_ADDRESS ? '&coin=USDC' : ''}`;
    t.like((await callSigned(exchange.url, ALICE, { method: 'GET', path, form })).body, { code: -5021 });
  }
});

test('money moves between the master and its sub-accounts, once for each id', async (t) => {
  const exchange = await startFundExchange(t);
  const [one, two] = [await create(exchange, 'one'), await create(exchange, 'two')];
  const held = (account: string) => balance(exchange.engine, account, 'USDC').free;
  t.like((await move(exchange, { toEmail: one, amount: '100.5', clientTranId: 'a' })).body, {
    clientTranId: 'a',
  });
  t.like((await move(exchange, { toEmail: one, amount: '100.5', clientTranId: 'a' })).body, { code: -4115 });
  t.is((await move(exchange, { fromEmail: one, toEmail: two, amount: '0.5' })).status, 200);
  t.is((await move(exchange, { fromEmail: one, amount: '40', clientTranId: 'b' })).status, 200);
  t.deepEqual([held('fund'), held(one), held(two)], ['939.5', '60', '0.5']);

  const history = (form: string) =>
    get(exchange, TRANSFER, form).then(({ body }) => (body as { result: object[] }).result);
  t.like(await history(''), [{ fromEmail: 'fund', toEmail: one, amount: '100.5', status: 'SUCCESS' }]);
  t.like(await history(`fromEmail=${one}&clientTranId=b`), [{ toEmail: 'fund', asset: 'USDC' }]);
  t.is((await history(`fromEmail=${one}`)).length, 2);
  t.is((await history(`toEmail=${two}`)).length, 1);
  t.deepEqual(await history('clientTranId=b'), [], 'it is asked for on the side it left');
  t.like((await get(exchange, TRANSFER, `fromEmail=${one}&toEmail=${two}`)).body, { code: -1128 });
  t.like((await get(exchange, TRANSFER, 'startTime=1')).body, { code: -4047 });
});

test('what cannot be moved is refused and nothing moves', async (t) => {
  const exchange = await startFundExchange(t);
  const one = await create(exchange, 'one');
  for (const [changes, code] of [
    [{ toEmail: one, amount: '1000.00000001' }, -5002],
    [{ toEmail: one, amount: '1', asset: 'DOGE' }, -5002],
    [{ toEmail: one, amount: '0' }, -5007],
    [{ toEmail: 'bob', amount: '1' }, -5021],
    [{ amount: '1' }, -1102],
    [{ toEmail: one, amount: '1', toAccountType: 'MARGIN' }, -1130],
    [{ toEmail: one, amount: '0.000000001' }, -1111],
  ] as const)
    t.like((await move(exchange, changes)).body, { code }, JSON.stringify(changes));
  t.is(balance(exchange.engine, 'fund', 'USDC').free, '1000');
});

test('a key without the permission opens no sub-account, moves nothing and withdraws nothing', async (t) => {
  const exchange = await startFundExchange(t);
  const permissions = { read: true, trade: false, withdraw: false };
  exchange.control.openAccount(accountOf('reader', READER, { permissions }));
  for (const [path, code] of [
    [CREATE, -2015],
    [TRANSFER, -1002],
    ['/sapi/v1/capital/withdraw/apply', -1002],
  ] as const)
    t.like((await callSigned(exchange.url, READER, { method: 'POST', path })).body, { code }, path);
  const rights = (keys: typeof FUND) =>
    callSigned(exchange.url, keys, { method: 'GET', path: '/sapi/v1/account/apiRestrictions' });
  t.like((await rights(READER)).body, { enableInternalTransfer: false, permitsUniversalTransfer: false });
  t.like((await rights(FUND)).body, { enableInternalTransfer: true, enableWithdrawals: true });
});

const LIST = '/sapi/v1/sub-account/list';
const CREATE = '/sapi/v1/sub-account/virtualSubAccount';
const SUB_ADDRESS = '/sapi/v1/capital/deposit/subAddress';
const SUB_HISTORY = '/sapi/v1/capital/deposit/subHisrec';
const TRANSFER = '/sapi/v1/sub-account/universalTransfer';

function get({ url }: StillExchange, path: string, form = '') {
  return callSigned(url, FUND, { method: 'GET', path, form });
}

function post({ url }: StillExchange, path: string, form: string) {
  return callSigned(url, FUND, { method: 'POST', path, form });
}

async function create(exchange: StillExchange, name: string): Promise<string> {
  return ((await post(exchange, CREATE, `subAccountString=${name}`)).body as { email: string }).email;
}

function move(exchange: StillExchange, changes: Record<string, string>) {
  const standard = { fromAccountType: 'SPOT', toAccountType: 'SPOT', asset: 'USDC' };
  return post(exchange, TRANSFER, new URLSearchParams({ ...standard, ...changes }).toString());
}
