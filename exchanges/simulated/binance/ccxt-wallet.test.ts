import test, { type ExecutionContext } from 'ava';
import ccxt, { type binance as Binance } from 'ccxt';
import { FUND, OUTSIDE_ADDRESS, startFundExchange } from '../testing/fund-exchange.ts';
import { movedTo } from '../testing/moved-to.ts';
import type { StillExchange } from '../testing/still-exchange.ts';

test("ccxt's own methods read coins, addresses and deposits, and withdraw", async (t) => {
  const exchange = await startFundExchange(t);
  const { chain } = exchange.control;
  const binance = client(t, exchange);
  await binance.loadMarkets();
  const networks = binance.currencies['USDC']?.networks ?? {};
  t.deepEqual(Object.keys(networks).toSorted(), ['BEP20', 'ERC20', 'SOL', 'TRC20']);
  t.like(networks['ERC20'], { id: 'ETH', fee: 2, deposit: true, withdraw: true, precision: 0.000001 });

  const { address } = await binance.fetchDepositAddress('USDC', { network: 'ERC20' });
  const txid = chain.send({ asset: 'USDC', network: 'ETH', address: address ?? '', amount: '25.5' });
  t.like((await binance.fetchDeposits('USDC'))[0], {
    txid,
    amount: 25.5,
    status: 'pending',
    network: 'ERC20',
  });
  chain.mine('ETH', 64);
  t.like((await binance.fetchDeposits('USDC'))[0], { status: 'ok', address });

  const params = { network: 'TRC20', withdrawOrderId: 'w1' };
  const { id } = await binance.withdraw('USDC', 50, OUTSIDE_ADDRESS.TRX, undefined, params);
  chain.mine('TRX', 2);
  const [withdrawal] = await binance.fetchWithdrawals('USDC');
  t.like(withdrawal, { id, amount: 49, status: 'ok', network: 'TRC20', address: OUTSIDE_ADDRESS.TRX });
  t.like(withdrawal?.fee, { cost: 1, currency: 'USDC' });
  t.is((await binance.fetchBalance())['USDC']?.free, 975.5);
});

test('ccxt passes on what the wallet refuses', async (t) => {
  const binance = client(t, await startFundExchange(t));
  const withdraw = (amount: number, address: string) =>
    binance.withdraw('USDC', amount, address, undefined, { network: 'ERC20' });
  await t.throwsAsync(withdraw(5_000, OUTSIDE_ADDRESS.ETH), { message: /-4026.*insufficient balance/ });
  await t.throwsAsync(withdraw(9, OUTSIDE_ADDRESS.ETH), { message: /-4022.*minimum pick-up quantity 10/ });
  await t.throwsAsync(withdraw(50, OUTSIDE_ADDRESS.TRX), { message: /-4007.*Address validation/ });
});

function client(t: ExecutionContext, { url }: StillExchange): Binance {
  const exchange = new ccxt.binance({ ...FUND });
  exchange.urls.api = movedTo(url, exchange.urls.api);
  t.teardown(() => exchange.close());
  return exchange;
}
