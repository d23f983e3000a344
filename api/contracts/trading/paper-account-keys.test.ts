import test, { type ExecutionContext } from 'ava';
import { pino } from 'pino';
import { addKeys, removeKeys } from '../../commands/exchange-keys.ts';
import { ExchangeAccount } from '../../../db/models/exchange-account.ts';
import { startExchangeAccounts } from '../../../runtime/testing/exchange-accounts.ts';
import { unavailable } from '../../errors.ts';
import { signedIn } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

const SILENT = pino({ level: 'silent' });
const PAPER = { exchange: 'Binance', kind: 'paper' };

async function setUp(t: ExecutionContext) {
  const { accounts, exchange } = await startExchangeAccounts(t);
  const { call, knex } = await startApi(t, {}, { accounts });
  const { headers, id } = await signedIn(call, 'ada@example.com');
  const keys = (method: string, path = '', body?: unknown) =>
    call(method, `/account/api-keys${path}`, body, headers);
  const rowOf = () => ExchangeAccount.query(knex).findOne({ user_id: id }).throwIfNotFound();
  return { accounts, exchange, knex, id, keys, rowOf };
}

test('a paper account is closed on the exchange when its keys are deleted, and when they are not stored', async (t) => {
  const { keys, knex, accounts, exchange, id, rowOf } = await setUp(t);
  const opened: string[] = [];
  const watched = {
    ...accounts,
    openPaper: (account: string) => {
      opened.push(account);
      return accounts.openPaper(account);
    },
  };
  const context = { knex, accounts: watched, caller: { userId: id }, address: '', log: SILENT };
  const signal = new AbortController().signal;
  const paper = { exchange: 'Binance', kind: 'paper', keys: null } as const;
  const isOpen = (account: string) => exchange.engine.account(account) !== null;

  await t.throwsAsync(addKeys(paper, { ...context, signal: AbortSignal.abort(unavailable()) }));
  const twice = await Promise.allSettled([1, 2].map(() => addKeys(paper, { ...context, signal })));
  t.deepEqual(twice.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const stored = (await rowOf()).id;
  t.true(opened.length >= 2);
  t.deepEqual(opened.filter(isOpen), [stored]);

  t.is((await keys('DELETE', '/Binance')).status, 200);
  t.deepEqual(opened.filter(isOpen), []);
});

test('keys are deleted also where the simulated exchange does not close their account', async (t) => {
  const { keys, knex, accounts, id, exchange, rowOf } = await setUp(t);
  t.is((await keys('POST', '', PAPER)).status, 201);
  const { id: account } = await rowOf();
  const lines: string[] = [];
  await removeKeys('Binance', {
    ...{ knex, caller: { userId: id }, address: '', signal: new AbortController().signal },
    accounts: { ...accounts, closePaper: () => Promise.reject(new Error('It is away.')) },
    log: pino({}, { write: (line) => void lines.push(line) }),
  });
  t.deepEqual(await ExchangeAccount.query(knex).where({ user_id: id }), []);
  t.true(exchange.engine.account(account) !== null);
  t.regex(lines.join(''), new RegExp(`"account_id":"${account}".*was not closed`));
});
