import type { Amount } from '../../../bots/money.ts';
import { createEngine } from '../engine/engine.ts';
import {
  type Engine,
  type EngineBalance,
  type NewAccount,
  type NewOrder,
  Rejection,
  type RejectionReason,
  type SymbolRules,
} from '../engine/types.ts';
import { BTCUSDT } from './still-exchange.ts';

export const ETHUSDT: SymbolRules = { ...BTCUSDT, symbol: 'ETHUSDT', base: 'ETH' };

/** A clock that a test moves. */
export interface Clock {
  now: number;
}

/** An engine with BTCUSDT listed at 100, further symbols at the prices given, and accounts with 10 BTC and 10,000 USDT. */
export function openMarket({
  accounts = ['maker', 'taker'],
  rules = {},
  symbols = {},
}: {
  accounts?: (string | (Partial<NewAccount> & { id: string }))[];
  rules?: Partial<SymbolRules>;
  symbols?: Record<string, Amount>;
} = {}): { engine: Engine; clock: Clock } {
  const clock = { now: Date.UTC(2026, 0, 5, 12) };
  const engine = createEngine({ clock: () => clock.now });
  engine.addSymbol({ ...BTCUSDT, ...rules }, '100');
  for (const [symbol, price] of Object.entries(symbols)) {
    engine.addSymbol({ ...BTCUSDT, symbol, base: symbol.replace('USDT', '') }, price);
  }
  for (const account of accounts) engine.openAccount(accountOf(account));
  return { engine, clock };
}

export function accountOf(account: string | (Partial<NewAccount> & { id: string })): NewAccount {
  return {
    keys: [],
    balances: { BTC: '10', USDT: '10000' },
    makerFee: '0',
    takerFee: '0',
    feeAsset: 'received',
    ...(typeof account === 'string' ? { id: account } : account),
  };
}

let orders = 0;

/** A GTC limit order, with a client id of its own. */
export function limit(
  side: 'BUY' | 'SELL',
  quantity: Amount,
  price: Amount,
  more: Partial<NewOrder> = {},
): NewOrder {
  orders += 1;
  return {
    symbol: 'BTCUSDT',
    side,
    type: 'LIMIT',
    timeInForce: 'GTC',
    clientOrderId: `order-${orders}`,
    quantity,
    quoteQuantity: null,
    price,
    stopPrice: null,
    ...more,
  };
}

export function market(
  side: 'BUY' | 'SELL',
  quantity: Amount | null,
  more: Partial<NewOrder> = {},
): NewOrder {
  return { ...limit(side, '0', '0', { type: 'MARKET' }), quantity, price: null, ...more };
}

/** An account's balance of one asset. */
export function balance(engine: Engine, account: string, asset: string): Omit<EngineBalance, 'asset'> {
  const found = engine.balances(account).find((each) => each.asset === asset);
  return { free: short(found?.free ?? '0'), locked: short(found?.locked ?? '0') };
}

/** Without the zeros at its end. */
export function short(amount: Amount): Amount {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

/** Why the engine refuses a call; null where it does not. */
export function rejection(call: () => unknown): RejectionReason | null {
  try {
    call();
    return null;
  } catch (error) {
    if (error instanceof Rejection) return error.reason;
    throw error;
  }
}
