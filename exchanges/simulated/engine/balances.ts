import { multiplyUp } from './amounts.ts';
import type { Changes } from './changes.ts';
import { type Account, type Balance, type Order, isMarket, isOpen, paysWith, remaining } from './model.ts';

/** What the order needs locked of the asset it pays with, as it stands. */
export function need(order: Order): bigint {
  if (!isOpen(order) || (isMarket(order) && order.working)) return 0n;
  if (order.side === 'SELL') return remaining(order);
  return multiplyUp((order.price ?? order.stopPrice) as bigint, remaining(order));
}

export function balanceOf(account: Account, asset: string): Balance {
  const present = account.wallet.get(asset);
  if (present !== undefined) return present;
  const empty = { free: 0n, locked: 0n };
  account.wallet.set(asset, empty);
  return empty;
}

/** Locks what the order now needs and frees the rest. */
export function relock(order: Order, changes: Changes): void {
  const needed = need(order);
  if (needed === order.lock) return;
  const balance = balanceOf(order.account, paysWith(order));
  balance.locked += needed - order.lock;
  balance.free -= needed - order.lock;
  order.lock = needed;
  changes.touched(order.account, paysWith(order));
}

/** Moves a free amount from one account to another. */
export function pay(from: Account, to: Account, asset: string, amount: bigint, changes: Changes): void {
  if (from === to || amount === 0n) return;
  balanceOf(from, asset).free -= amount;
  balanceOf(to, asset).free += amount;
  changes.moved(from, asset);
  changes.moved(to, asset);
}
