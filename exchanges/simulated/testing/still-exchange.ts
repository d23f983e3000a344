import type { Engine, NewAccount, NewOrder, SymbolRules } from '../engine/types.ts';
import type { PriceSource } from '../prices/source.ts';
import type { Control } from '../control/control.ts';
import { type SimulatedExchange, type SimulatedExchangeOptions, startSimulatedExchange } from '../server.ts';

export const CONTROL_TOKEN = 'control-token-of-a-test';
export const BTCUSDT: SymbolRules = {
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  minPrice: '0.01',
  maxPrice: '1000000',
  stepSize: '0.00001',
  minQuantity: '0.00001',
  maxQuantity: '9000',
  maxMarketQuantity: '100',
  minNotional: '5',
  maxOrders: 200,
  bidMultiplierUp: '5',
  bidMultiplierDown: '0.2',
  askMultiplierUp: '5',
  askMultiplierDown: '0.2',
};
const ETHUSDT: SymbolRules = { ...BTCUSDT, symbol: 'ETHUSDT', base: 'ETH', stepSize: '0.0001' };

/** Keys of two ordinary traders. */
export const ALICE = { apiKey: 'alice-key-0123456789', secret: 'alice-secret-0123456789' };
export const BOB = { apiKey: 'bob-key-0123456789', secret: 'bob-secret-0123456789' };

/** AVA's `t`, or what stands for the `t` of several tests. */
export interface ExchangeScope {
  teardown(end: () => unknown): void;
  fail?(message: string): unknown;
}

export interface StillExchange extends SimulatedExchange {
  control: Control;
}

/**
 * An exchange on a free port whose book holds only what the test puts there: BTCUSDT at 50,000 and ETHUSDT at 3,000,
 * with the accounts `alice` and `bob`. Closed when the test ends.
 */
export async function startStillExchange(
  t: ExchangeScope,
  options: Partial<SimulatedExchangeOptions> = {},
): Promise<StillExchange> {
  const exchange = await startSimulatedExchange({
    port: 0,
    feed: 'synthetic',
    seed: 1,
    symbols: [],
    prices: stillPrices,
    stateFile: null,
    controlToken: CONTROL_TOKEN,
    log: (event, fields) => (event.endsWith('failed') ? t.fail?.(JSON.stringify(fields)) : undefined),
    ...options,
  });
  t.teardown(() => exchange.close());
  const { control } = exchange;
  if (control === null) throw new Error('A still exchange needs a control token.');
  control.openAccount(accountOf('alice', ALICE));
  control.openAccount(accountOf('bob', BOB));
  return { ...exchange, control };
}

export function accountOf(
  id: string,
  { apiKey, secret }: { apiKey: string; secret: string },
  changes: { permissions?: NewAccount['keys'][0]['permissions']; ips?: string[] } = {},
): NewAccount {
  const permissions = changes.permissions ?? { read: true, trade: true, withdraw: false };
  return {
    id,
    keys: [{ key: apiKey, secret, permissions, ips: changes.ips ?? [] }],
    balances: { USDT: '1000000', BTC: '100', ETH: '1000' },
    makerFee: '0.001',
    takerFee: '0.001',
    feeAsset: 'received',
  };
}

/** Puts an order of `bob`, or of another, into the book, straight through the engine. */
export function rest(engine: Engine, order: Partial<NewOrder>, account = 'bob'): void {
  engine.submit(account, {
    symbol: 'BTCUSDT',
    side: 'SELL',
    type: 'LIMIT',
    timeInForce: 'GTC',
    clientOrderId: `${account}-${Math.random()}`,
    quantity: '1',
    quoteQuantity: null,
    price: '50000',
    stopPrice: null,
    ...order,
  });
}

function stillPrices(engine: Engine): PriceSource {
  for (const [rules, price] of [
    [BTCUSDT, '50000'],
    [ETHUSDT, '3000'],
  ] as const) {
    if (!engine.rules().some(({ symbol }) => symbol === rules.symbol)) engine.addSymbol(rules, price);
  }
  return { frozen: false, step: () => undefined, movePrice: () => undefined, close: () => Promise.resolve() };
}
