import { randomUUID } from 'node:crypto';
import test from 'ava';
import { clientOrderId } from '../../bots/ids.ts';
import { Decimal } from '../../bots/money.ts';
import { accountBalance } from '../../db/fund/ledger-balances.ts';
import { createExchanges } from '../../exchanges/directory.ts';
import { addFundBot } from '../../runtime/testing/fund.ts';
import { startStack } from '../../runtime/testing/stack.ts';
import { TIMING, type Dependencies } from '../dependencies.ts';
import { fillInTrades } from './fill-in-trades.ts';

test('filling in beside a bot that trades, however often at once, counts every execution once', async (t) => {
  const stack = await startStack(t);
  const { knex, exchange, account, vault, until } = stack;
  const bot = await addFundBot(knex, {
    ...{ ticker: 'BTC/USDT', exchange_account_id: account.id, infinite_loop: true },
    ...{ quantity: '0.1', buy_price: '45000', sell_price: '46000' },
  });
  const botId = bot.id;
  const exchanges = createExchanges({
    ...{ paperUrl: exchange.url as `http://${string}`, testnet: true },
    unseal: ({ id: accountId, user_id: userId, exchange: name, kind, sealed }) =>
      vault.open(sealed, { accountId, userId, exchange: name, kind }),
  });
  t.teardown(() => exchanges.close());
  const deps: Dependencies = {
    ...{ knex, now: Date.now, timing: TIMING, step: () => undefined, recorded: async () => undefined },
    openAccount: (row) => exchanges.account(row),
  };
  const rests = (side: string) =>
    until(`the ${side} to rest`, () => knex('orders').where({ bot_id: botId, side, status: 'OPEN' }).first());
  const address = {
    botId,
    ownerId: bot.user_id!,
    exchange: 'Binance',
    symbol: 'BTC/USDT',
    strategy: bot.strategy,
  };
  await stack.bots.command(address, { commandId: randomUUID(), name: 'start' });
  await rests('BUY');

  // Bought: the bot and four others see it at once. Another order of its own has been lost.
  const id = clientOrderId({ botId, cycle: 1, leg: 'main', sequence: 999 });
  exchange.engine.submit(account.id, {
    ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', timeInForce: null, clientOrderId: id },
    ...{ quantity: '0.05', quoteQuantity: null, price: null, stopPrice: null },
  } as never);
  exchange.control.movePrice('BTCUSDT', '44900');
  await Promise.all(Array.from({ length: 4 }, () => fillInTrades(deps, botId)));
  await rests('SELL');
  await fillInTrades(deps, botId);

  t.is(await accountBalance(knex, { account: 'main', asset: 'BTC' }), '0.15');
  t.like(await knex('positions').where({ bot_id: botId }).first(), { quantity: '0.15' });
  t.is((await knex('trading_history')).length, 2);
  t.is((await knex('bots').where({ id: botId }).first()).total_trades, 2);
  const usdt = (await (await exchanges.account(account)).balances()).find(({ asset }) => asset === 'USDT')!;
  const spent = new Decimal(usdt.free).add(usdt.locked).sub('10000000');
  t.is(await accountBalance(knex, { account: 'main', asset: 'USDT' }), spent.toFixed());
  t.deepEqual(
    { ...(await fillInTrades(deps, botId)), looked: 0 },
    { looked: 0, orders: 0, fills: 0, trades: 0 },
  );
});
