import { createEngine } from '../engine/engine.ts';
import { openStateFile } from '../state-file.ts';
import { accountOf, limit } from './market.ts';
import { BTCUSDT } from './still-exchange.ts';

/** A process to be killed: trades with a state file and writes each order to its parent once it is durable. */
const engine = createEngine({ clock: Date.now });
const state = await openStateFile(process.argv[2] ?? '', engine);
if (engine.rules().length === 0) {
  engine.addSymbol(BTCUSDT, '100');
  for (const id of ['maker', 'taker'])
    engine.openAccount(accountOf({ id, balances: { BTC: '1000', USDT: '100000' } }));
}

const name = `${process.pid}`;
for (let n = 0; process.connected; n += 1) {
  const account = n % 2 === 0 ? 'maker' : 'taker';
  const side = n % 2 === 0 ? 'SELL' : 'BUY';
  const { order } = engine.submit(account, limit(side, '0.1', '100', { clientOrderId: `${name}-${n}` }));
  if (n % 5 === 0)
    engine.submit('taker', limit('BUY', '0.1', '90', { clientOrderId: `${name}-resting-${n}` }));
  if (n % 50 === 0)
    for (const { orderId } of engine.openOrders('taker', 'BTCUSDT').slice(10))
      engine.cancel('taker', 'BTCUSDT', { orderId });
  await state.durable();
  process.send?.({ order, balances: { maker: engine.balances('maker'), taker: engine.balances('taker') } });
}
