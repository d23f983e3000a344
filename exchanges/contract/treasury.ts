import type { TestFn } from 'ava';
import { treasuryFaultsContract } from './treasury-faults.ts';
import { treasuryInContract } from './treasury-in.ts';
import { treasuryOutContract } from './treasury-out.ts';
import { treasuryRefusalsContract } from './treasury-refusals.ts';
import type { OpenTreasuryVenue } from './treasury-venue.ts';

export type { ContractTreasuryVenue, OpenTreasuryVenue, TreasuryRequest } from './treasury-venue.ts';

/**
 * What every treasury adapter must keep, as tests: money in, between accounts and out, each once, and failures by phase.
 * `open` starts a venue of its own for each test and closes it with the test.
 */
export function treasuryContract(test: TestFn, open: OpenTreasuryVenue): void {
  treasuryInContract(test, open);
  treasuryOutContract(test, open);
  treasuryRefusalsContract(test, open);
  treasuryFaultsContract(test, open);
}
