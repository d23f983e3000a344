import test, { type ExecutionContext } from 'ava';
import { accountBalance } from '../../../db/fund/ledger-balances.ts';
import { addFundBot } from '../../../runtime/testing/fund.ts';
import { startStack, type Stack } from '../../../runtime/testing/stack.ts';
import { member } from '../../testing/actors.ts';
import { bearer } from '../../testing/identity.ts';
import { callerOf } from '../../testing/start-api.ts';

interface State {
  status: string;
  is_running: boolean;
  last_heartbeat: string | null;
  error_count: number;
  process_id: number | null;
}

/** The fund's bot on the stack's account, and an admin who commands it. */
async function fundOf(stack: Stack) {
  const { knex, account } = stack;
  const bot = await addFundBot(knex, {
    ...{ ticker: 'BTC/USDT', exchange_account_id: account.id, infinite_loop: true },
    ...{ quantity: '0.1', buy_price: '45000', sell_price: '46000' },
  });
  const call = callerOf(stack.api.url);
  const headers = bearer((await (await member({ call, knex }, 'admin'))()).access_token);
  const send = async <T>(method: string, path: string) =>
    (await call<T>(method, `/api/v1/bot/${path}`, undefined, headers)).body;
  const ask = async (name: string) => (await send<{ status: State }>('POST', name)).status;
  const state = async () => (await send<{ data: State }>('GET', 'status')).data;
  const rests = (side: string) =>
    stack.until(`the ${side} to rest`, () =>
      knex('orders').where({ bot_id: bot.id, side, status: 'OPEN' }).first(),
    );
  return { bot, call, send, ask, state, rests };
}

test('fund-integration 9 to 13, 15 to 18 and 35: the bot trades for the fund, and is commanded as it trades', async (t) => {
  const stack = await startStack(t, { settings: { authRequired: true }, worker: false });
  const { knex, exchange } = stack;
  let workers = await stack.startWorkers();
  const fund = await fundOf(stack);
  const { bot, send, ask, state, rests } = fund;
  const intents = () => knex('order_intents').where({ bot_id: bot.id });

  // Two at once leave one that runs, with one order.
  const both = await Promise.all([ask('start'), ask('start')]);
  for (const one of both) t.like(one, { status: 'running', is_running: true, error_count: 0 });
  await rests('BUY');
  const beat = await stack.until('a sign of life', async () => {
    const now = await state();
    return now.last_heartbeat !== null && now;
  });
  t.is(beat.process_id, process.pid);
  t.is((await intents()).length, 1);

  // Bought: posted, and told.
  exchange.control.movePrice('BTCUSDT', '44900');
  await rests('SELL');
  const balance = (asset: string) => accountBalance(knex, { account: 'main', asset });
  t.is(await balance('BTC'), '0.1');
  t.is(await balance('USDT'), '-4504.5');
  const trades = await send<{ total: number; data: object[] }>('GET', 'trades');
  t.is(trades.total, 1);
  t.like(trades.data[0], { symbol: 'BTCUSDT', side: 'BUY', quantity: 0.1, price: 45_000, profit_loss: 0 });

  // Paused: nothing is opened, over a restart of the workers too.
  t.like(await ask('pause'), { status: 'paused', is_running: false });
  t.is((await state()).status, 'paused');
  await workers.stop();
  workers = await stack.startWorkers();
  exchange.control.movePrice('BTCUSDT', '46100');
  await stack.until('what it holds to be sold', async () => (await balance('BTC')) === '0');
  t.is((await state()).status, 'paused');
  const before = (await intents()).length;
  t.like(await ask('resume'), { status: 'running' });
  await rests('BUY');
  t.is((await intents()).length, before + 1);
  const [sold] = (await send<{ data: { side: string; profit_loss: number }[] }>('GET', 'trades')).data;
  t.is(sold!.side, 'SELL');
  // 100 between the prices, less both fees of a thousandth.
  t.is(sold!.profit_loss, 90.9);
  const { data } = await send<{ data: object }>('GET', 'performance');
  t.like(data, { total_trades: 1, winning_trades: 1, net_profit: 90.9 });

  // Stopped: the order is taken back, and none is placed any more.
  t.like(await ask('stop'), { status: 'stopped', is_running: false });
  await stack.until('the order to be taken back', async () => {
    const open = await knex('orders').where({ bot_id: bot.id, status: 'OPEN' });
    return open.length === 0;
  });
  exchange.control.movePrice('BTCUSDT', '44000');
  t.like(await ask('stop'), { status: 'stopped' });
  t.is((await intents()).length, before + 1);
  await failing(t, stack, fund);
});

/** Its exchange fails it three times in a row: told as an error, tried again all the while, and begun anew by a start. */
async function failing(t: ExecutionContext, stack: Stack, { ask, state, rests }: Fund): Promise<void> {
  const { control } = stack.exchange;
  control.addFault({ kind: 'status', status: 503 });
  t.like(await ask('start'), { is_running: true });
  const failed = await stack.until('three failures in a row', async () => {
    const now = await state();
    return now.status === 'error' && now;
  });
  t.false(failed.is_running);
  t.true(failed.error_count >= 3);
  t.like(await ask('start'), { status: 'running', is_running: true });
  control.clearFaults();
  // It buys at once: the price is far below.
  await rests('SELL');
  t.like(await state(), { status: 'running', error_count: 0 });
}

type Fund = Awaited<ReturnType<typeof fundOf>>;
