import type { TestFn } from 'ava';
import { faultsContract } from './faults.ts';
import { marketContract } from './market.ts';
import { ordersContract } from './orders.ts';
import { streamsContract } from './streams.ts';
import type { OpenVenue } from './venue.ts';

export type { ContractVenue, OpenVenue, VenueFault } from './venue.ts';

/**
 * What every adapter must keep, as tests: markets, orders and fills, failures by phase, limits, streams. `open` starts a venue
 * of its own for each test and closes it with the test.
 */
export function exchangeContract(test: TestFn, open: OpenVenue): void {
  marketContract(test, open);
  ordersContract(test, open);
  faultsContract(test, open);
  streamsContract(test, open);
}
