import { randomUUID } from 'node:crypto';
import test from 'ava';
import { Bot } from '../db/models/bot.ts';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { startSimulatedExchange } from '../exchanges/simulated/server.ts';
import { createVault } from '../exchanges/vault.ts';
import { ConfigurationError } from './configuration.ts';
import { seedDemo, type DemoOptions } from './demo.ts';
import { freePort } from './embedded/ports.ts';
import { freshDatabase, type Scope } from './testing/database.ts';

test('a first start whose exchange cannot be reached leaves nothing, and the next one sets the demo up', async (t) => {
  const { knex } = await freshDatabase(t);
  const exchange = await openExchange(t, ['BTCUSDT', 'ETHUSDT', 'BNBUSDT']);
  const options = { knex, vault, ...exchange };
  const nobody = `http://127.0.0.1:${await freePort()}`;
  await t.throwsAsync(seedDemo({ ...options, exchangeUrl: nobody }));
  t.is(await ExchangeAccount.query(knex).resultSize(), 0);
  await seedDemo(options);
  t.deepEqual(await tickers(options), ['BTC/USDT', 'ETH/USDT']);
  await seedDemo(options);
  t.is(await Bot.query(knex).resultSize(), 2);
});

test('a start that opened no account on the exchange is made good by the next one', async (t) => {
  const { knex } = await freshDatabase(t);
  const options = { knex, vault, ...(await openExchange(t, ['BTCUSDT', 'ETHUSDT'])) };
  await t.throwsAsync(seedDemo({ ...options, controlToken: 'another' }), { message: /opened no account/ });
  await seedDemo(options);
  t.is(await Bot.query(knex).resultSize(), 2);
});

test('a start with another ENCRYPTION_KEY than what is there was sealed under says which variable that is, and what to do', async (t) => {
  const { knex } = await freshDatabase(t);
  const options = { knex, vault, ...(await openExchange(t, ['BTCUSDT'])) };
  await seedDemo(options);
  const others = { test: Buffer.alloc(32, 1), other: Buffer.alloc(32, 2) };
  const other = createVault({ currentKeyId: 'other', keys: { other: others.other } });
  await t.throwsAsync(seedDemo({ ...options, vault: other }), {
    instanceOf: ConfigurationError,
    message: /^ENCRYPTION_KEY .*ENCRYPTION_KEY_PREVIOUS.*rotate-keys/,
  });
  await seedDemo({ ...options, vault: createVault({ currentKeyId: 'other', keys: others }) });
  t.is(await Bot.query(knex).resultSize(), 1);
});

test('the demo trades what the exchange lists, at prices and quantities its markets take', async (t) => {
  const { knex } = await freshDatabase(t);
  const options = { knex, vault, ...(await openExchange(t, ['ETHBTC', 'DOGEUSDT', 'SOLUSDT'])) };
  await seedDemo(options);
  t.deepEqual(await tickers(options), ['DOGE/USDT', 'SOL/USDT']);
  const [doge] = await Bot.query(knex).where({ ticker: 'DOGE/USDT' });
  t.is(Number(doge?.quantity), 5000);
  t.true(Number(doge?.buy_price) < Number(doge?.sell_price));
  t.true(Number(doge?.buy_price) > 0.1);
});

test('where no market is against USDT there are accounts, and no bots', async (t) => {
  const { knex } = await freshDatabase(t);
  await seedDemo({ knex, vault, ...(await openExchange(t, ['ETHBTC'])) });
  t.true((await ExchangeAccount.query(knex).resultSize()) > 0);
  t.is(await Bot.query(knex).resultSize(), 0);
});

const vault = createVault({ currentKeyId: 'test', keys: { test: Buffer.alloc(32, 1) } });

async function openExchange(
  t: Scope,
  symbols: string[],
): Promise<Pick<DemoOptions, 'exchangeUrl' | 'controlToken'>> {
  const controlToken = randomUUID();
  const exchange = await startSimulatedExchange({
    port: 0,
    feed: 'synthetic',
    seed: 1,
    symbols,
    stateFile: null,
    controlToken,
    log: () => undefined,
  });
  t.teardown(() => exchange.close());
  return { exchangeUrl: exchange.url, controlToken };
}

async function tickers({ knex }: { knex: DemoOptions['knex'] }): Promise<string[]> {
  return (await Bot.query(knex).orderBy('ticker')).map(({ ticker }) => ticker);
}
