import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { ExchangeError, type OrderRequest } from '../port.ts';
import type { ContractVenue } from './venue.ts';

/** The `ExchangeError` that a call fails with; the test fails where it does not, or fails otherwise. */
export async function failure(t: ExecutionContext, call: Promise<unknown>): Promise<ExchangeError> {
  const error = await call.then(
    () => t.fail('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ExchangeError) return error;
  throw new TypeError(`not an ExchangeError: ${String(error)}`);
}

/** A limit order to buy one unit well below the market, to be sent within 5 s. */
export function restingBuy(
  { symbol }: ContractVenue,
  clientOrderId: string,
  changes: Partial<OrderRequest> = {},
): OrderRequest {
  return {
    symbol,
    clientOrderId,
    side: 'BUY',
    type: 'LIMIT',
    quantity: '0.1',
    price: '49000',
    sendBefore: Date.now() + 5_000,
    ...changes,
  };
}

/** Waits until `condition` holds, 20 s at most. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited 20 s in vain');
    await sleep(10);
  }
}

/** Of a request of the treasury that is made for the first time, and within 5 s. */
export function fresh(): { since: number; sendBefore: number } {
  return { since: Date.now(), sendBefore: Date.now() + 5_000 };
}
