import test from 'ava';
import { clientOrderId } from '../bots/ids.ts';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { accountBalance } from '../db/fund/ledger-balances.ts';
import type { Bot } from '../db/models/bot.ts';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { createVault } from '../exchanges/vault.ts';
import { runProgram } from './testing/command-line.ts';
import { TEST_SECRET_KEY } from './testing/database.ts';
import { addFundBot } from './testing/fund.ts';
import { startFund, type FundStack } from './testing/funded-stack.ts';
import { vaultKeys } from './vault-key.ts';

const ENCRYPTION_KEY = 'e'.repeat(64);

test('fund-integration 47: resync fills in the trades that are missing and values the fund, and the second time changes nothing', async (t) => {
  const fund = await startFund(t);
  const { knex } = fund;
  const holder = await fund.holder();
  fund.pay(holder, '1000');
  await fund.run('depositMonitor');
  await fund.settled('swept');
  const bot = await addFundBot(knex, { exchange_account_id: fund.main });
  await openableByCommands(fund);

  // Bought by an order that no record has heard of, and by one whose answer was lost; and by a stranger.
  const lost = buy(fund, { id: ownId(bot, 1), quantity: '0.002' });
  const unknown = buy(fund, { id: ownId(bot, 2), quantity: '0.003' });
  await intendedAs(fund, bot, unknown);
  buy(fund, { id: 'a-stranger', quantity: '0.001' });
  fund.exchange.control.movePrice('BTCUSDC', '60000');

  const first = await sync(fund);
  t.is(first.code, 0, first.output);
  t.regex(
    first.output,
    /^2 orders of the fund's bot are known to the exchange\.\nFilled in: 2 orders, 2 executions, 2 trades\./,
  );
  // 0.005 bought at 50,010 and a fee of a thousandth of it, worth 60,000 now.
  t.regex(first.output, /NAV before: 1\. NAV now: 1\.04969995\.\n$/);
  t.is(await accountBalance(knex, { account: 'main', asset: 'BTC' }), '0.005');
  const listed = await knex('trading_history').orderBy('exchange_order_id').pluck('exchange_order_id');
  t.deepEqual(listed, [lost, unknown]);
  t.is(await knex('orders').where({ client_order_id: 'a-stranger' }).first(), undefined);
  t.like(await knex('order_intents').where({ client_order_id: unknown }).first(), { status: 'ACCEPTED' });
  t.deepEqual(await checkLedger(knex), []);

  const before = await record(fund);
  const second = await sync(fund);
  t.is(second.code, 0, second.output);
  t.regex(second.output, /No trade was missing\.\nThe NAV is up to date: 1\.04969995, of 20\S+Z\.\n$/);
  t.deepEqual(await record(fund), before);

  // What somebody has deleted comes back, and is not counted twice.
  await knex('trading_history').where({ exchange_order_id: lost }).delete();
  await knex('fills').where({ client_order_id: unknown }).delete();
  t.regex((await sync(fund)).output, /Filled in: 0 orders, 1 executions, 1 trades\./);
  const sizes = (rows: Awaited<ReturnType<typeof record>>) => Object.values(rows).map(({ length }) => length);
  t.deepEqual(sizes(await record(fund)), sizes(before));
  t.deepEqual((await record(fund)).positions, before.positions);
});

test('resync says what to do where there is no fund, and where Temporal is away', async (t) => {
  const fund = await startFund(t, { worker: false });
  t.like(await sync(fund), {
    code: 1,
    output: 'There is no fund here: set FUND_SYMBOLS, start a worker, then run this again.\n',
  });
  await addFundBot(fund.knex, { exchange_account_id: fund.main });
  await openableByCommands(fund);
  const away = await sync(fund, { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  t.is(away.code, 69);
  t.regex(
    away.output,
    /No trade was missing\.\n[^]*Temporal at 127\.0\.0\.1:1, or every worker, is away: the NAV is as it was\. Start them/,
  );
  fund.exchange.control.addFault({ kind: 'status', status: 503 });
  t.like(await sync(fund), { code: 69 });
});

function sync({ databaseUrl, temporal, exchange }: FundStack, env: Record<string, string> = {}) {
  return runProgram('runtime/sync-data.ts', [], {
    ...{
      DATABASE_URL: databaseUrl,
      SECRET_KEY: TEST_SECRET_KEY,
      ENCRYPTION_KEY,
      PAPER_EXCHANGE_URL: exchange.url,
    },
    ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace, PATH: '', ...env },
  });
}

/** What must be the same after a resync that had nothing to do. */
async function record({ knex }: FundStack) {
  const rows = async (table: string, order = 'id') => knex(table).select('*').orderBy(order);
  return {
    fills: await rows('fills'),
    orders: await rows('orders', 'client_order_id'),
    trades: await rows('trades'),
    positions: await rows('positions', 'bot_id'),
    history: await rows('trading_history'),
    entries: await rows('journal_entries'),
    postings: await rows('postings', 'entry_id'),
    nav: await rows('nav_history'),
  };
}

function ownId({ id: botId }: Bot, sequence: number): string {
  return clientOrderId({ botId, cycle: 1, leg: 'main', sequence });
}

/** Fills at once, at the market. Returns the id. */
function buy({ exchange, main }: FundStack, { id, quantity }: { id: string; quantity: string }): string {
  const { fills } = exchange.engine.submit(main, {
    ...{ symbol: 'BTCUSDC', side: 'BUY', type: 'MARKET', timeInForce: null, clientOrderId: id, quantity },
    ...{ quoteQuantity: null, price: null, stopPrice: null },
  } as never);
  if (fills.length === 0) throw new Error('Nothing was bought');
  return id;
}

/** On record as sent, without an answer. */
async function intendedAs({ knex, main }: FundStack, bot: Bot, id: string): Promise<void> {
  await knex('order_intents').insert({
    ...{ client_order_id: id, bot_id: bot.id, exchange_account_id: main, symbol: 'BTC/USDC', side: 'BUY' },
    ...{ type: 'MARKET', quantity: '0.003', price: null, cycle: 1, leg: 'main', sequence: 2 },
    ...{ reduce_only: false, status: 'UNKNOWN', send_before: new Date() },
  });
}

/** Seals the account under a key that a command can be given. */
async function openableByCommands({ knex, vault, main: accountId }: FundStack): Promise<void> {
  const { user_id: userId, sealed } = await ExchangeAccount.query(knex).findById(accountId).throwIfNotFound();
  const row = { accountId, userId, exchange: 'Binance', kind: 'paper' } as const;
  const commands = createVault(
    vaultKeys({ secretKey: '', encryptionKey: ENCRYPTION_KEY, previousEncryptionKeys: [] }),
  );
  const resealed = commands.seal(vault.open(sealed, row), row);
  await ExchangeAccount.query(knex)
    .findById(accountId)
    .patch({ sealed: resealed.sealed, sealed_key_id: resealed.keyId });
}
