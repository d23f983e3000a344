import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import { readFundBot } from '../db/fund/fund-bot.ts';
import { Bot } from '../db/models/bot.ts';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { startSimulatedExchange } from '../exchanges/simulated/server.ts';
import { createVault } from '../exchanges/vault.ts';
import { ensureDemoFund, findUntoldBot, markTold } from './demo-fund.ts';
import { ensureFund } from './fund.ts';
import type { PaperExchange } from './paper-accounts.ts';
import { freshDatabase, type Scope } from './testing/database.ts';

test("the demo's fund is made once, around the price of its market, and is told once", async (t) => {
  const { knex } = await freshDatabase(t);
  const exchange = await openExchange(t, ['ETHUSDT', 'BTCUSDC']);
  await ensureDemoFund(knex, vault, exchange);
  const bot = (await readFundBot(knex))!;
  t.like(bot, { ticker: 'BTC/USDC', strategy: 'ping-pong', status: 'STOPPED', infinite_loop: true });
  t.true(Number(bot.buy_price) < 65_000 && Number(bot.sell_price) > 65_000);
  await ensureDemoFund(knex, vault, exchange);
  t.is(await Bot.query(knex).resultSize(), 1);
  const untold = await findUntoldBot(knex);
  t.is(untold?.id, bot.id);
  await markTold(knex, untold!);
  await ensureDemoFund(knex, vault, exchange);
  t.is(await findUntoldBot(knex), undefined);
  t.is(await ExchangeAccount.query(knex).resultSize(), 1);
});

test("a fund that somebody has set up gets nothing of the demo's, and one of real money no account of paper", async (t) => {
  const exchange = await openExchange(t, ['BTCUSDC']);
  for (const keys of [null, { apiKey: 'key-of-the-fund', secret: 'secret' }]) {
    const { knex } = await freshDatabase(t);
    await ensureFund(knex, vault, { bot: OWN, keys });
    await ensureDemoFund(knex, vault, exchange);
    t.is(await findUntoldBot(knex), undefined);
    t.deepEqual(await kinds(knex), [keys ? 'live' : 'paper']);
  }
});

test('where no market is against USDC there is no fund', async (t) => {
  const { knex } = await freshDatabase(t);
  await ensureDemoFund(knex, vault, await openExchange(t, ['BTCUSDT']));
  t.is(await readFundBot(knex), null);
});

const vault = createVault({ currentKeyId: 'test', keys: { test: Buffer.alloc(32, 1) } });
const OWN = {
  ...{ symbol: 'BTC/USDC', strategy: 'rsi-reversal' },
  parameters: { timeframe: '1m', quoteAmount: '250' },
};

async function kinds(knex: Knex): Promise<string[]> {
  return (await ExchangeAccount.query(knex)).map(({ kind }) => kind);
}

async function openExchange(t: Scope, symbols: string[]): Promise<PaperExchange> {
  const controlToken = randomUUID();
  const exchange = await startSimulatedExchange({
    ...{ port: 0, feed: 'synthetic', seed: 1, symbols, stateFile: null, controlToken },
    log: () => undefined,
  });
  t.teardown(() => exchange.close());
  return { exchangeUrl: exchange.url, controlToken };
}
