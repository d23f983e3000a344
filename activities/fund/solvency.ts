import { Context } from '@temporalio/activity';
import { keepComparison, keepUnrecorded } from '../../db/fund/comparisons.ts';
import { freezeFund } from '../../db/fund/freeze.ts';
import { readDifferences, type Difference, type Reading } from './differences.ts';
import { openWith } from './opening.ts';
import type { FundDependencies } from './dependencies.ts';
import type { TreasuryActivities } from './types.ts';

/** Between two readings that must agree. */
const AGREEMENT_MS = 500;

/**
 * Compares, to the last digit, what the ledger says is at the exchange with what is there, and units held with units
 * outstanding. What is known to the exchange and not to the ledger yet (fills, deposits, payments) is counted as if it were.
 * What two readings find alike freezes dealing: an exchange may show a balance before what changed it. Money
 * that main has before anybody has units is the fund's beginning.
 */
export function createCheckSolvency(deps: FundDependencies): TreasuryActivities['checkSolvency'] {
  return async () => {
    const differences = await openWith(deps, await readAgreed(deps));
    const agreed = differences.map(({ sentence }) => sentence);
    await keepComparison(deps.knex, { at: deps.now(), differences: agreed });
    if (agreed.length > 0) await freezeFund(deps.knex, { at: deps.now(), because: agreed.join('; ') });
    return agreed;
  };
}

async function readAgreed(deps: FundDependencies): Promise<Difference[]> {
  const { differences: first } = await read(deps);
  if (first.length === 0) return [];
  await Context.current().sleep(AGREEMENT_MS);
  const { differences: second } = await read(deps);
  return second.filter((each) => first.some((other) => isSame(each, other)));
}

async function read(deps: FundDependencies): Promise<Reading> {
  const reading = await readDifferences(deps);
  await keepUnrecorded(deps.knex, reading.unrecorded);
  return reading;
}

/** By what differs: while the fund trades, the totals are others each time. */
function isSame(one: Difference, other: Difference): boolean {
  return one.place === other.place && one.asset === other.asset && one.surplus === other.surplus;
}
